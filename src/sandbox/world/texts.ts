import type { OfferState } from './evolution.ts';
import type { Offer } from './offers.ts';
import { kindTerms, materialTerms, pitchTerms, styleTerms, type Term } from './vocabulary.ts';

/** 1688 documents these values of `country`; it means a language, and Chinese is not among them. */
const languages: ReadonlySet<string> = new Set([
  'en',
  'ja',
  'ko',
  'ru',
  'vi',
  'es',
  'fr',
  'pt',
  'th',
  'id',
  'ar',
]);

/** A title of six words, or of so many that it is longer than 500 characters. */
function words(offer: Offer, version: number): readonly Term[] {
  const { draw, category, nature } = offer;
  const title = [
    draw.pick('style', styleTerms, version),
    draw.pick('material', materialTerms),
    draw.pick('kind', kindTerms),
    { zh: category.name.replace('（停用）', ''), en: category.nameEnglish },
    draw.pick('pitch', pitchTerms, version),
    { zh: `${2024 + (version % 3)}款`, en: String(2024 + (version % 3)) },
  ];
  return draw.chance('long-title', nature.longTitles)
    ? Array.from({ length: 40 }, () => title).flat()
    : title;
}

/** The Chinese title. */
export function subjectOf(offer: Offer, state: OfferState): string {
  return words(offer, state.versions.subject)
    .map((word) => word.zh)
    .join('');
}

/** `term` in a language; for any but English, English with the language in front has to do. */
export function translateTerm(term: Term, language: string): string {
  if (!languages.has(language)) return term.zh;
  return language === 'en' ? term.en : `[${language}] ${term.en}`;
}

/** Two offers in five are never translated (measured by clients): their translation repeats the title. */
function isTranslated(offer: Offer): boolean {
  return !offer.draw.chance('untranslated', 0.4);
}

/** `term` as a text of one offer. */
export function translate(offer: Offer, term: Term, language: string): string {
  return isTranslated(offer) ? translateTerm(term, language) : term.zh;
}

/** The title in a language; the Chinese one where there is no translation or the language is unknown. */
export function subjectIn(offer: Offer, state: OfferState, language: string): string {
  const en = words(offer, state.versions.subject)
    .map((word) => word.en)
    .join(' ');
  return translate(offer, { zh: subjectOf(offer, state), en }, language);
}
