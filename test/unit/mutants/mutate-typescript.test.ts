import { describe, expect, it } from 'vitest';
import { plantMutant, toMutants } from '../../../bench/mutants/mutant.ts';
import { mutateTypeScript } from '../../../bench/mutants/mutate-typescript.ts';

/** Each mutant of the text, as the whole text. */
function mutate(text: string): string[] {
  const place = { room: 'x', file: 'x.ts', text };
  return toMutants(place, mutateTypeScript('x.ts', text)).map((mutant) => plantMutant(text, mutant));
}

describe('mutants of TypeScript', () => {
  it.each<[string, string, readonly string[]]>([
    ['a boundary', 'const f = a < b;', ['const f = a <= b;']],
    ['the other boundary', 'const f = a >= b;', ['const f = a > b;']],
    ['an equality', 'const f = a === b;', ['const f = a !== b;']],
    ['and, or', 'const f = a && b || c;', ['const f = a || b || c;', 'const f = a && b && c;']],
    ['a condition', 'if (a) b = c;', ['if (true) b = c;', 'if (false) b = c;', 'if (a) ;']],
    ['a choice', 'const f = a ? b : c;', ['const f = true ? b : c;', 'const f = false ? b : c;']],
    ['a negation', 'const f = !a;', ['const f = a;']],
    ['arithmetic', 'const f = a + b * c;', ['const f = a - b * c;', 'const f = a + b / c;']],
    ['what is added to', 'n += 1; m = 2;', ['; m = 2;', 'n -= 1; m = 2;', 'n += 1; ;']],
    ['a returned constant', 'const f = () => { return true; };', ['const f = () => { return false; };']],
    ['a constant of an arrow', 'const f = () => 1_000;', ['const f = () => 1001;']],
    ['a default', 'const f = a ?? 5;', ['const f = a ?? 6;']],
    ['the default of a parameter', `const f = (a = 'b') => a;`, [`const f = (a = '') => a;`]],
    ['access', 'const f = a?.b[0];', ['const f = a.b[0];', 'const f = a?.b[1];']],
    ['the last item', 'const f = a.at(-1);', ['const f = a.at(0);']],
    ['min and max', 'const f = Math.min(a, b);', ['const f = Math.max(a, b);']],
    ['a call', 'f(a);', [';']],
    ['an await', 'await f(a);', [';', 'void f(a);']],
    ['a throw', 'throw new Error(a);', [';']],
  ])('%s: %s', (_, text, mutants) => {
    expect(mutate(text)).toEqual(mutants);
  });

  it.each([
    ['text that is joined', `const f = 'a' + b;`],
    ['a line of the log', `log.info({ n: a < b }, 'said');`],
    ['an import', `import { a } from './a.ts';`],
    ['a type', `type A = B extends C ? true : false;`],
    ['a default that is null', 'const f = a ?? null;'],
    ['the call of the class that is extended', 'class A extends B { constructor() { super(); } }'],
  ])('are not made of %s: %s', (_, text) => {
    expect(mutate(text)).toEqual([]);
  });

  it('have the line on which they begin, and what stood there', () => {
    const text = 'const a = 1;\n\nconst f = a < 2;\n';
    const [mutant] = toMutants({ room: 'x', file: 'x.ts', text }, mutateTypeScript('x.ts', text));
    expect(mutant).toMatchObject({ line: 3, from: '<', to: '<=', operator: 'boundary' });
  });
});
