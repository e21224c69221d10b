import { describe, expect, test } from 'vitest';
import {
  BadCommand,
  readCommand,
  readFaults,
  readFeeds,
  readGrants,
  readInstant,
  readMs,
  readQuotas,
  readRevocation,
  readSecret,
} from '../../../../src/sandbox/control/read-command.ts';

/** What a reader gives, or the message of its refusal. */
function read(reader: () => unknown): unknown {
  try {
    return reader();
  } catch (error) {
    if (error instanceof BadCommand) return error.message;
    throw error;
  }
}

type Cases = readonly (readonly [text: string, read: unknown])[];

const noFaults =
  'faults must be a list of objects whose kind is one of: server_error, hang, drip, reset, reset_body, cut, truncate, ' +
  'html, oversize, bad_charset, redirect, gateway_error, not_ready, refuse, vanish, repeat_page, slip, duplicate, empty, ' +
  'halved, off_by_one, mixed_forms, hostile_titles, absurd_prices, category_cycle';
const noGrants = 'grants are true or false by namespace:name:version';
const noMs = 'latencyMs must be a number from 0 up';
const noSecret = 'appSecret must be the new secret, as text';
const noRevocation = 'afterCalls must be a whole number from 0 up, withRefresh true or false';
const fault = (field: string) => `{"faults":[{"kind":"html"${field}}]}`;

const readers: Readonly<Record<string, readonly [(text: string) => unknown, Cases]>> = {
  commands: [
    readCommand,
    [
      ['', {}],
      ['{"a":1}', { a: 1 }],
      ['{', 'the body is not JSON'],
      ['[]', 'the body is not a JSON object'],
      ['null', 'the body is not a JSON object'],
    ],
  ],
  faults: [
    (text) => readFaults(readCommand(text)),
    [
      ['{"faults":[]}', []],
      [fault(''), [{ kind: 'html' }]],
      [
        fault(',"count":1,"rate":0.5,"status":503,"api":"a","code":"c","message":"m"'),
        [{ kind: 'html', count: 1, rate: 0.5, status: 503, api: 'a', code: 'c', message: 'm' }],
      ],
      ...['count', 'rate', 'status'].map((name) => [fault(`,"${name}":"1"`), noFaults] as const),
      ...['api', 'code', 'message'].map((name) => [fault(`,"${name}":1`), noFaults] as const),
      ['{"faults":[{"kind":"html"},{"kind":"none"}]}', noFaults],
      ['{"faults":[{}]}', noFaults],
      ['{"faults":[1]}', noFaults],
      ['{"faults":{"kind":"html"}}', noFaults],
      ['{}', noFaults],
    ],
  ],
  grants: [
    (text) => readGrants(readCommand(text)),
    [
      ['{"a:b:1":true,"c:d:1":false}', { 'a:b:1': true, 'c:d:1': false }],
      ['{"a:b:1":true,"c:d:1":1}', noGrants],
      ['{"a:b:1":"true"}', noGrants],
    ],
  ],
  quotas: [
    (text) => readQuotas(readCommand(text)),
    [
      ['{}', {}],
      ['{"appPerDay":5,"apiPerDay":null}', { appPerDay: 5, apiPerDay: null }],
      ['{"timeZone":"UTC","packages":{"a":1}}', { timeZone: 'UTC', packages: { a: 1 } }],
      ['{"appPerDay":"5"}', 'appPerDay is not a limit, or of the wrong type'],
      ['{"timeZone":8}', 'timeZone is not a limit, or of the wrong type'],
      ['{"timeZone":"Nowhere"}', 'Nowhere is no time zone: give one by its IANA name, like Asia/Shanghai'],
      ['{"packages":1}', 'packages is not a limit, or of the wrong type'],
      ['{"appPerDay":5,"perDay":5}', 'perDay is not a limit, or of the wrong type'],
      ['{"perDay":null}', 'perDay is not a limit, or of the wrong type'],
    ],
  ],
  times: [
    (text) => readMs(readCommand(text), 'latencyMs'),
    [
      ['{"latencyMs":0}', 0],
      ['{"latencyMs":1.5}', 1.5],
      ['{"latencyMs":-1}', noMs],
      ['{"latencyMs":"1"}', noMs],
      ['{"advanceMs":1}', noMs],
    ],
  ],
  secrets: [
    (text) => readSecret(readCommand(text)),
    [
      ['{"appSecret":"x"}', 'x'],
      ['{"appSecret":""}', noSecret],
      ['{"appSecret":1}', noSecret],
      ['{}', noSecret],
    ],
  ],
  revocations: [
    (text) => readRevocation(readCommand(text)),
    [
      ['{}', { afterCalls: 0, withRefresh: false }],
      ['{"afterCalls":3,"withRefresh":true}', { afterCalls: 3, withRefresh: true }],
      ['{"afterCalls":-1}', noRevocation],
      ['{"afterCalls":1.5}', noRevocation],
      ['{"afterCalls":"1"}', noRevocation],
      ['{"withRefresh":1}', noRevocation],
    ],
  ],
  feeds: [
    (text) => readFeeds(new URL(`http://x/?${text}`)),
    [
      ['', { categories: [], keywords: [], sellers: [], images: [] }],
      [
        'categories=1,2&keywords=a,&sellers=,b&images=3',
        { categories: ['1', '2'], keywords: ['a'], sellers: ['b'], images: ['3'] },
      ],
    ],
  ],
  instants: [
    (text) => readInstant(new URL(`http://x/?${text}`), 'at', 7),
    [
      ['', 7],
      ['at=1970-01-01T00:00:01Z', 1000],
      ['at=', 'at must be an ISO 8601 instant'],
      ['at=today', 'at must be an ISO 8601 instant'],
    ],
  ],
};

describe.each(Object.entries(readers))('%s', (_name, [reader, cases]) => {
  test.each(cases)('%s', (text, value) => expect(read(() => reader(text))).toEqual(value));
});

test('what is no JSON says why', () => {
  expect(() => readCommand('{')).toThrow(expect.objectContaining({ cause: expect.any(Error) as unknown }));
});
