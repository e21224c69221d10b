import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, walkTree } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ categories: 60 });
});
afterAll(() => sandbox.close());

interface Node {
  readonly categoryId: number;
  readonly chineseName: string;
  readonly translatedName: string;
  readonly leaf: unknown;
  readonly level: unknown;
  readonly parentCateId: unknown;
  readonly children: readonly Node[] | null;
}

const ask = (categoryId: string, language = 'en', target = sandbox) =>
  callApi(target, apis.translatedCategory, { access_token: target.accessToken, categoryId, language });

async function fetchNode(categoryId: string, language = 'en'): Promise<Node> {
  return ((await ask(categoryId, language)).body as { result: { result: Node } }).result.result;
}

describe('the translated tree', () => {
  it('is the same tree as the other one', async () => {
    const nodes: object[] = [];
    let branches = ['0'];
    for (let level = 1; branches.length > 0; level++) {
      const answers = await Promise.all(branches.map((id) => fetchNode(id)));
      const children = answers.flatMap((node) => node.children ?? []);
      nodes.push(
        ...children.map((child) => ({
          id: child.categoryId,
          name: child.chineseName,
          isLeaf: child.leaf,
          level: Number(child.level),
        })),
      );
      branches = children.filter((child) => child.leaf === false).map((child) => String(child.categoryId));
      expect(level).toBeLessThan(4);
    }
    const byId = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).toSorted();
    const others = (await walkTree(sandbox)).map(({ id, name, isLeaf, level }) => ({
      id,
      name,
      isLeaf,
      level,
    }));
    expect(byId(nodes)).toEqual(byId(others));
  });

  it('has flags and ids in text on the node, in their own types on its children', async () => {
    const node = await fetchNode('10100');
    expect(node).toMatchObject({ categoryId: 10_100, leaf: 'false', level: '1', parentCateId: '0' });
    expect(node.children?.length).toBeGreaterThan(0);
    for (const child of node.children ?? []) {
      expect(child).toMatchObject({ level: '2', parentCateId: 10_100, children: null });
      expect(typeof child.leaf).toBe('boolean');
    }
    const leaf = (await walkTree(sandbox)).find(({ isLeaf }) => isLeaf);
    expect(await fetchNode(String(leaf?.id))).toMatchObject({ leaf: 'true', children: null });
  });

  it('is named in the language asked for, in Chinese where nobody knows it', async () => {
    const english = await fetchNode('10100', 'en');
    const japanese = await fetchNode('10100', 'ja');
    expect(english.translatedName).toMatch(/^[\x20-\x7e]+$/);
    expect(japanese.translatedName).toBe(`[ja] ${english.translatedName}`);
    expect((await fetchNode('10100', 'korean')).translatedName).toBe(english.chineseName);
  });

  it('comes flat by option', async () => {
    const flat = await startTestSandbox({ categories: 60, flatCategories: true });
    const { body } = await ask('10100', 'en', flat);
    await flat.close();
    expect(body).toEqual({ result: await fetchNode('10100'), success: true, code: 'S0000', message: '成功' });
  });

  it('wants a node, a language and a token, and knows no other nodes', async () => {
    expect((await ask('10100', '')).body).toMatchObject({ error_code: 'gw.ParamMissing' });
    expect((await ask('', 'en')).body).toMatchObject({ error_code: 'gw.ParamMissing' });
    expect((await ask('7')).body).toMatchObject({ result: { success: true, result: null } });
    expect((await callApi(sandbox, apis.translatedCategory, {})).status).toBe(401);
  });
});
