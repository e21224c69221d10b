import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthIssueIds } from '../../src/model/health-issue.ts';
import { z } from 'zod';

/** A secret that would let anybody send, where Slack and DingTalk have it. */
export const pathToken = 'T0secretPathToken';
export const queryToken = 'q0secretQueryToken';
export const signingSecret = 'SECsigning0secret';

const item = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  key: z.string().min(1),
  phase: z.enum(['begun', 'lasting', 'over', 'happened']),
  severity: z.enum(['act', 'warn', 'note']),
  summary: z.string().min(1),
  remedy: z.string(),
  issue: z.enum(healthIssueIds).nullable(),
  origin: z.enum(['operator', 'catalog-sync', '1688', 'network']).nullable(),
  since: z.iso.datetime(),
  heals_itself: z.boolean().nullable(),
  heals_at: z.iso.datetime().nullable(),
  run_id: z.string().regex(/^\d+$/).nullable(),
  code: z.string().nullable(),
  path: z.string().startsWith('/'),
  url: z.url().nullable(),
  change: z
    .strictObject({
      tracker: z.string().min(1),
      condition: z.string().min(1),
      offer_id: z.string().regex(/^\d+$/),
      sku_id: z.string().regex(/^\d+$/).nullable(),
      min_quantity: z.int().nullable(),
      old: z.string().min(1),
      new: z.string().min(1),
      not_before: z.iso.datetime(),
      seen_at: z.iso.datetime(),
      offer_url: z.url(),
    })
    .nullable(),
});

const generic = z.strictObject({
  version: z.literal(1),
  source: z.enum(['sandbox', 'live']),
  title: z.string().min(1),
  text: z.string().min(1),
  sent_at: z.iso.datetime(),
  items: z.array(item).min(1).max(20),
  more: z.int().min(0),
});

/** Slack: `text` of at most 40,000 characters in which `<`, `>` and `&` only stand for links and escapes. */
const slack = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(40_000)
    .refine((text) => !/&(?!amp;|lt;|gt;)/.test(text) && !/<(?!https?:\/\/[^<>|]+\|[^<>|]+>)/.test(text)),
});

/** DingTalk: 20,000 bytes at most, checked where they arrive. */
const dingtalk = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ title: z.string().min(1), text: z.string().includes('catalog-sync') }),
  at: z.strictObject({ isAtAll: z.literal(false) }),
});

export const receiverShapes = { generic, slack, dingtalk } as const;

export type ReceiverFormat = keyof typeof receiverShapes;

/** Answers a request in place of the receiver. */
export type Trouble = (response: ServerResponse, request: IncomingMessage, body: string) => void;

export type GenericMessage = z.output<typeof generic>;

export interface Receiver {
  readonly url: string;
  /** Everything that was taken, in order. */
  readonly taken: readonly unknown[];
  /** What the items of generic messages tell, as `begun run:all:...`. */
  readonly phases: readonly string[];
  /** Requests, taken or not. */
  readonly requests: number;
  /** What is wrong with what came; a receiver that is strict takes nothing of the kind. */
  readonly faults: readonly string[];
  /** From now on; null: all is well again. */
  setTrouble(trouble: Trouble | null): void;
  close(): Promise<void>;
}

const good: Readonly<Record<ReceiverFormat, string>> = {
  generic: '{"received":true}',
  slack: 'ok',
  dingtalk: '{"errcode":0,"errmsg":"ok"}',
};

/** What is wrong with the address, as each of the three would say; null: nothing. */
function addressFault(format: ReceiverFormat, url: URL): string | null {
  if (url.pathname !== `/services/${pathToken}`) return `path ${url.pathname}`;
  if (url.searchParams.get('access_token') !== queryToken) return 'access_token';
  if (format !== 'dingtalk') return null;
  const timestamp = url.searchParams.get('timestamp') ?? '';
  if (!/^\d{13}$/.test(timestamp) || Math.abs(Date.now() - Number(timestamp)) > 3_600_000) return 'timestamp';
  const sign = createHmac('sha256', signingSecret).update(`${timestamp}\n${signingSecret}`).digest('base64');
  return url.searchParams.get('sign') === sign ? null : 'sign not match';
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function findFault(format: ReceiverFormat, request: IncomingMessage, body: string): string | null {
  if (request.method !== 'POST') return `method ${request.method ?? ''}`;
  if (request.headers['content-type'] !== 'application/json; charset=utf-8') return 'content-type';
  if (Buffer.byteLength(body) > (format === 'dingtalk' ? 20_000 : 200_000)) return 'too long';
  const address = addressFault(format, new URL(request.url ?? '', 'http://receiver'));
  if (address !== null) return address;
  const parsed = receiverShapes[format].safeParse(JSON.parse(body));
  return parsed.success ? null : z.prettifyError(parsed.error);
}

/** A receiver on loopback that takes only what is as its format wants it. */
export async function startReceiver(format: ReceiverFormat): Promise<Receiver> {
  const taken: unknown[] = [];
  const faults: string[] = [];
  let trouble: Trouble | null = null;
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void readBody(request).then((body) => {
      if (trouble !== null) {
        trouble(response, request, body);
        return;
      }
      const fault = findFault(format, request, body);
      if (fault !== null) {
        faults.push(fault);
        response
          .writeHead(format === 'dingtalk' ? 200 : 400)
          .end(JSON.stringify({ errcode: 310_000, errmsg: fault }));
        return;
      }
      taken.push(JSON.parse(body));
      response.end(good[format]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/services/${pathToken}?access_token=${queryToken}`,
    taken,
    get phases() {
      return taken.flatMap((message) =>
        generic.parse(message).items.map(({ phase, key }) => `${phase} ${key}`),
      );
    },
    get requests() {
      return requests;
    },
    faults,
    setTrouble: (next) => {
      trouble = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
