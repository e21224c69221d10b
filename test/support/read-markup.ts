export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const attribute = /\s+([a-z][\w-]*)(?:="([^"<>]*)")?/y;

/**
 * The tags that open in a page. Stricter than any browser: each `<` and `>` is the begin or end of a tag, and each attribute
 * is a bare name or stands in double quotes, so that a text of others which is not escaped has no place to be.
 *
 * @throws Error that quotes what does not fit
 */
export function readMarkup(page: string): Tag[] {
  const tags: Tag[] = [];
  const refuse = (at: number): never => {
    throw new Error(
      `no markup of ours: ${page.slice(Math.max(0, at - 80), at)}[HERE]${page.slice(at, at + 80)}`,
    );
  };
  const readTag = (at: number): number => {
    const [start = '', name = ''] = /^<([a-z][a-z\d]*)/.exec(page.slice(at, at + 40)) ?? refuse(at);
    const attributes = new Map<string, string>();
    let end = at + start.length;
    for (;;) {
      attribute.lastIndex = end;
      const found = attribute.exec(page);
      if (found === null) break;
      attributes.set(found[1] ?? '', found[2] ?? '');
      end = attribute.lastIndex;
    }
    tags.push({ name, attributes });
    return end + (/^\s*\/?>/.exec(page.slice(end, end + 200)) ?? refuse(end))[0].length;
  };
  let at = 0;
  while (at < page.length) {
    const rest = page.slice(at);
    const [text = ''] = /^[^<>]*/.exec(rest) ?? [];
    const [plain] = /^(<!doctype html>|<\/[a-z][a-z\d]*\s*>)/.exec(rest.slice(text.length)) ?? [];
    at += text.length;
    if (at >= page.length) break;
    at = plain === undefined ? readTag(at) : at + plain.length;
  }
  return tags;
}
