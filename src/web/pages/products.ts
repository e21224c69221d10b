import type { CategoryChoice, ProductFilter, ProductRow } from '../reads/product-pages.ts';
import { html, type Html } from '../html.ts';
import { badge } from '../parts/badge.ts';
import { count, yuan } from '../parts/format.ts';
import { productImage } from '../parts/product-image.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { readId } from './read-ids.ts';
import { show } from './show.ts';

const productsPerPage = 24;
const maxCategories = 300;
const maxTextLength = 100;

function readText(text: string | undefined): string | null {
  const trimmed = (text ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, maxTextLength);
  return trimmed === '' ? null : trimmed;
}

function readPrice(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,8}(\.\d{1,4})?$/.test(text.trim()) ? text.trim() : null;
}

function readFilter(c: WebContext): ProductFilter {
  return {
    title: readText(c.req.query('q')),
    categoryId: readId(c.req.query('category')),
    seller: readText(c.req.query('seller')),
    minCny: readPrice(c.req.query('min')),
    maxCny: readPrice(c.req.query('max')),
  };
}

function queryOf({ title, categoryId, seller, minCny, maxCny }: ProductFilter, below: string | null): string {
  const query = new URLSearchParams();
  const all = { q: title, category: categoryId, seller, min: minCny, max: maxCny, below };
  for (const [name, value] of Object.entries(all)) if (value !== null) query.set(name, value);
  return query.size === 0 ? '/products' : `/products?${query.toString()}`;
}

function categoryOption({ categoryId, name, level }: CategoryChoice, chosen: string | null): Html {
  const indent = '\u2003'.repeat(Math.max(0, level - 1));
  return html`<option value="${categoryId}" ${categoryId === chosen ? html`selected` : null}>
    ${indent}${name}
  </option>`;
}

function filterForm(filter: ProductFilter, categories: readonly CategoryChoice[]): Html {
  const { title, categoryId, seller, minCny, maxCny } = filter;
  const isListed = categoryId === null || categories.some((choice) => choice.categoryId === categoryId);
  return html`<form method="get" action="/products" class="filters" role="search">
    <label>Title <input type="search" name="q" value="${title}" placeholder="手机 or phone" /></label>
    <label
      >Category
      <select name="category">
        <option value="">all</option>
        ${isListed ? null : html`<option value="${categoryId}" selected>${categoryId}</option>`}
        ${categories.map((choice) => categoryOption(choice, categoryId))}
      </select></label
    >
    <label>Seller <input name="seller" value="${seller}" placeholder="name or id" /></label>
    <label
      >From ¥ <input name="min" value="${minCny}" inputmode="decimal" pattern="\\d{1,8}(\\.\\d{1,4})?"
    /></label>
    <label
      >To ¥ <input name="max" value="${maxCny}" inputmode="decimal" pattern="\\d{1,8}(\\.\\d{1,4})?"
    /></label>
    <button type="submit">Search</button>
  </form>`;
}

function priceText({ priceCny, maxCny }: ProductRow): string {
  if (priceCny === null) return 'no price known';
  return maxCny === null || maxCny === priceCny ? yuan(priceCny) : `${yuan(priceCny)} – ${yuan(maxCny)}`;
}

function productCard(row: ProductRow, { imageSource }: WebDeps): Html {
  const { offerId, subject, subjectTranslated, minOrderQuantity, unit } = row;
  const isTranslated = subjectTranslated !== null && subjectTranslated !== subject;
  return html`<li class="card product">
    ${productImage(imageSource, row.imageUrl, '')}
    <a class="title" href="/products/${offerId}" lang="zh">${subject ?? `Offer ${offerId}`}</a>
    ${isTranslated ? html`<p class="muted small">${subjectTranslated}</p>` : null}
    <p class="price">${priceText(row)}</p>
    <p class="muted small">
      ${minOrderQuantity === null ? null : `from ${count(minOrderQuantity)} ${unit ?? ''}`}
      ${row.state === 'listed' ? null : badge(row.state)}
    </p>
    <p class="small">
      ${
        row.sellerId === null
          ? html`<span class="muted">seller not known yet</span>`
          : html`<a href="/products?seller=${encodeURIComponent(row.sellerId)}"
              >${row.sellerName ?? 'seller'}</a
            >`
      }
    </p>
  </li>`;
}

/** Filters that each let much through, and together nothing. */
const tooWide = html`<p class="empty">
  This search reads too many offers. Enter more of the title, a narrower category or price, or a seller.
</p>`;

function productList(
  rows: readonly ProductRow[],
  filter: ProductFilter,
  below: string | null,
  deps: WebDeps,
): Html {
  const shown = rows.slice(0, productsPerPage);
  const last = shown.at(-1)?.offerId ?? null;
  const isFiltered = Object.values(filter).some((value) => value !== null);
  const empty = isFiltered
    ? html`No offer matches. <a href="/products">Show all</a>`
    : html`No offers yet. A run fetches those that the feeds of <code>catalog-sync.yaml</code> select:
        <code>catalog-sync sync</code> or the page of <a href="/runs">runs</a> starts one.`;
  return html`${
      shown.length === 0
        ? html`<p class="empty">${empty}</p>`
        : html`<ul class="products">
            ${shown.map((row) => productCard(row, deps))}
          </ul>`
    }
    <div class="pages">
      ${below === null ? html`<span></span>` : html`<a href="${queryOf(filter, null)}">First page</a>`}
      ${rows.length > productsPerPage ? html`<a href="${queryOf(filter, last)}">More</a>` : null}
    </div>`;
}

/** `/products`: offers, and a search for them. */
export async function productsPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const { products } = deps.stores;
  const filter = readFilter(c);
  const below = readId(c.req.query('below'));
  const [rows, categories] = await Promise.all([
    products.listProducts(filter, below, productsPerPage + 1),
    products.listCategories(maxCategories),
  ]);
  const body = html`<h1>Products</h1>
    ${filterForm(filter, categories)} ${rows === null ? tooWide : productList(rows, filter, below, deps)}`;
  return show(c, deps, { title: 'Products', section: '/products', body });
}
