import type { Draw } from './draw.ts';
import { kindTerms, rootTerms, type Term } from './vocabulary.ts';

/** A node of the tree. Ids are decimal strings. */
export interface Category {
  readonly id: string;
  /** `'0'` above the roots. */
  readonly parentId: string;
  /** From 1; more than 3 only in a cycle of more than three nodes. */
  readonly level: number;
  readonly name: string;
  readonly nameEnglish: string;
  readonly isLeaf: boolean;
  /** 停用 in its name: kept in the tree, no longer in use. */
  readonly isRetired: boolean;
  /** From the root down to the node itself. */
  readonly path: readonly string[];
  /** Share of the offers, relative to the other leaves; 0 on everything that holds none. */
  readonly weight: number;
}

export interface CategoryTree {
  readonly all: readonly Category[];
  readonly leaves: readonly Category[];
  get(id: string): Category | undefined;
  /** In the order the gateway lists them; `'0'` gives the roots. */
  children(id: string): readonly Category[];
  /** What the gateway lists below a node: its children, and at the end of a cycle the root above. */
  listed(id: string): readonly Category[];
  /** The node and everything below it; `'0'` gives the whole tree. */
  subtree(id: string): readonly Category[];
}

/** 1688 has about 50 roots; a small world makes do with fewer, so that it still has three levels. */
function countRoots(total: number): number {
  return Math.min(rootTerms.length, Math.max(2, Math.round(total / 10)));
}

interface Shape {
  readonly roots: number;
  readonly middles: number;
  /** The first ones of the middles that have children. */
  readonly parents: number;
  readonly bottoms: number;
}

function shapeOf(total: number): Shape {
  const roots = countRoots(total);
  const middles = Math.round((total - roots) * 0.35);
  return { roots, middles, parents: Math.round(middles * 0.7), bottoms: total - roots - middles };
}

function nodeBase(id: number, parent: Category | null, name: Term) {
  return {
    id: String(id),
    parentId: parent?.id ?? '0',
    name: name.zh,
    nameEnglish: name.en,
    path: [...(parent?.path ?? []), String(id)],
  };
}

/** Sizes of leaves follow a power law: a few are beyond the reach of one query, many are small. */
function leafTraits(draw: Draw, order: number, name: string) {
  const isRetired = order === 1 || draw.chance('retired', 0.04, order);
  const isEmpty = order === 3 || draw.chance('empty', 0.06, order);
  const weight = isEmpty ? 0 : isRetired ? 0.02 : (1 + draw.int('size', 60, order)) ** -0.8;
  return { isLeaf: true, isRetired, weight, name: isRetired ? `${name}（停用）` : name };
}

const branchTraits = { isLeaf: false, isRetired: false, weight: 0 };

function middleName(parentIndex: number, ordinal: number): Term {
  const parts = (rootTerms[parentIndex] ?? rootTerms[0]).parts;
  const part = parts[ordinal % parts.length] ?? parts[0];
  const series = Math.floor(ordinal / parts.length);
  return series === 0 ? part : { zh: `${part.zh}${series + 1}系`, en: `${part.en} series ${series + 1}` };
}

/** A parent has three children at most, and so fewer than there are kinds. */
function bottomName(parent: Category, ordinal: number): Term {
  const kind = kindTerms[ordinal] ?? kindTerms[0];
  return { zh: `${kind.zh}${parent.name}`, en: `${kind.en} ${parent.nameEnglish}` };
}

function growNodes(draw: Draw, shape: Shape): readonly Category[] {
  const roots = Array.from({ length: shape.roots }, (_, i): Category => {
    const name = rootTerms[i] ?? rootTerms[0];
    return { ...nodeBase(10_100 + i * 7, null, name), level: 1, ...branchTraits };
  });
  const middles = Array.from({ length: shape.middles }, (_, i): Category => {
    const parentIndex = i % roots.length;
    const name = middleName(parentIndex, Math.floor(i / roots.length));
    const base = nodeBase(1_030_000 + i * 13, roots[parentIndex] ?? null, name);
    const traits = i < shape.parents ? branchTraits : leafTraits(draw.child('middle'), i, name.zh);
    return { ...base, level: 2, ...traits };
  });
  const bottoms = Array.from({ length: shape.bottoms }, (_, i): Category[] => {
    const parent = middles[i % shape.parents];
    if (parent === undefined) return [];
    const name = bottomName(parent, Math.floor(i / shape.parents));
    const base = nodeBase(124_000_000 + i * 97, parent, name);
    return [{ ...base, level: 3, ...leafTraits(draw.child('bottom'), i, name.zh) }];
  });
  return [...roots, ...middles, ...bottoms.flat()];
}

/** The third of the lowest nodes is a leaf without offers: as a branch it is in nobody's way. */
const cycleOrder = 3;

/**
 * Makes a branch of an empty leaf and hangs further ones below it, until the way down from the root has `length`
 * nodes; the last one lists that root.
 */
function closeCycle(nodes: readonly Category[], length: number) {
  const first = nodes.filter((node) => node.level === 3)[cycleOrder];
  const root = nodes.find(({ id }) => id === first?.path[0]);
  if (first === undefined || root === undefined) throw new RangeError('the tree is too small for a cycle');
  const [branch, chain] = [{ ...first, ...branchTraits }, [] as Category[]];
  for (let last: Category = branch, i = 0; last.level < length; last = chain[i++] ?? last) {
    const name = { zh: `其他${last.name}`, en: `Other ${last.nameEnglish}` };
    chain.push({ ...nodeBase(990_000_000 + i, last, name), level: last.level + 1, ...branchTraits });
  }
  return {
    all: [...nodes.map((node) => (node === first ? branch : node)), ...chain],
    end: (chain.at(-1) ?? branch).id,
    root,
  };
}

function indexTree(all: readonly Category[], cycle: { end: string; root: Category } | null): CategoryTree {
  const byId = new Map(all.map((node) => [node.id, node]));
  const childrenOf = new Map<string, Category[]>(all.map((node) => [node.id, []]));
  childrenOf.set('0', []);
  for (const node of all) childrenOf.get(node.parentId)?.push(node);
  const children = (id: string): readonly Category[] => childrenOf.get(id) ?? [];
  const subtree = (id: string): readonly Category[] => {
    const own = byId.get(id);
    const below = children(id).flatMap((child) => subtree(child.id));
    return own === undefined ? below : [own, ...below];
  };
  return {
    all,
    leaves: all.filter((node) => node.isLeaf),
    get: (id) => byId.get(id),
    children,
    listed: (id) => (id === cycle?.end ? [...children(id), cycle.root] : children(id)),
    subtree,
  };
}

/**
 * Grows a tree of exactly `total` nodes on three levels: some leaves on the second, some retired, some empty.
 * The same seed and total give the same tree, for ever. A cycle changes one empty leaf to a branch, and adds what
 * it has beyond three nodes; the tree itself, without the edge that closes the cycle, stays one.
 *
 * @param total at least 10; below that there is no room for three levels
 * @param cycle nodes of the cycle, at least 3; null: none
 */
export function growCategories(draw: Draw, total: number, cycle: number | null): CategoryTree {
  const nodes = growNodes(draw, shapeOf(total));
  if (cycle === null) return indexTree(nodes, null);
  const { all, ...closing } = closeCycle(nodes, cycle);
  return indexTree(all, closing);
}
