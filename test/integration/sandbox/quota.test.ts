import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  command,
  control,
  createTestClock,
  pathOf,
  post,
} from '../../support/plain-client.ts';

/** 23:00 in Shanghai, 15:00 in London. */
const evening = '2026-10-10T15:00:00Z';

async function withSandbox(options: SandboxOptions, use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startTestSandbox({ clock: createTestClock(evening), ...options });
  try {
    await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** `ok` or the code of the refusal, for each of some calls in a row. */
async function outcomes(sandbox: Sandbox, calls: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const api of calls) {
    const { body } = await callApi(sandbox, api);
    found.push(typeof body === 'object' ? (body as { error_code: string }).error_code : 'ok');
  }
  return found;
}

const { time, timeMillis } = apis;

describe('windows', () => {
  it('of a day end at midnight in Shanghai', () =>
    withSandbox({ quotas: { appPerDay: 2 } }, async (sandbox) => {
      const over = 'gw.QosAppFrequencyLimit';
      expect(await outcomes(sandbox, [time, timeMillis, time])).toEqual(['ok', 'ok', over]);
      sandbox.advance(3_600_000 - 1);
      expect(await outcomes(sandbox, [time])).toEqual([over]);
      sandbox.advance(1);
      expect(await outcomes(sandbox, [time, time, time])).toEqual(['ok', 'ok', over]);
    }));

  it('of a day end elsewhere when told so', () =>
    withSandbox({ quotas: { appPerDay: 1, timeZone: 'UTC' } }, async (sandbox) => {
      await outcomes(sandbox, [time]);
      sandbox.advance(3_600_000);
      expect(await outcomes(sandbox, [time])).toEqual(['gw.QosAppFrequencyLimit']);
      sandbox.advance(8 * 3_600_000);
      expect(await outcomes(sandbox, [time])).toEqual(['ok']);
    }));

  it('of an API do not touch the others, and one may have a limit of its own', () =>
    withSandbox({ quotas: { apiPerDay: 1, perApi: { [time]: { perDay: 2 } } } }, async (sandbox) => {
      const over = 'gw.QosAPIFrequencyLimit';
      expect(await outcomes(sandbox, [timeMillis, timeMillis])).toEqual(['ok', over]);
      expect(await outcomes(sandbox, [time, time, time])).toEqual(['ok', 'ok', over]);
    }));

  it('of a month outlast the day', () =>
    withSandbox({ quotas: { apiPerMonth: 1 } }, async (sandbox) => {
      await outcomes(sandbox, [time]);
      sandbox.advance(10 * 86_400_000);
      expect(await outcomes(sandbox, [time])).toEqual(['gw.QosAPIFrequencyLimit']);
      sandbox.advance(12 * 86_400_000);
      expect(await outcomes(sandbox, [time])).toEqual(['ok']);
    }));

  it('of a second slide', () =>
    withSandbox({ quotas: { appPerSecond: 2, apiPerSecond: 1 } }, async (sandbox) => {
      const [app, api] = ['gw.QosAppFrequencyLimit', 'gw.QosAPIFrequencyLimit'];
      expect(await outcomes(sandbox, [time, time])).toEqual(['ok', api]);
      sandbox.advance(600);
      expect(await outcomes(sandbox, [timeMillis, time])).toEqual(['ok', app]);
      sandbox.advance(400);
      expect(await outcomes(sandbox, [time, timeMillis])).toEqual(['ok', app]);
    }));

  it('say nothing of when to come back', () =>
    withSandbox({ quotas: { appPerDay: 0 } }, async (sandbox) => {
      const response = await fetch(`${sandbox.url}/${pathOf(time, sandbox.appKey)}`);
      const names = [...response.headers.keys()].join(' ');
      expect(names).not.toMatch(/retry|limit/);
    }));
});

describe('packages and grants', () => {
  it('a package does not come back the next day, and holds one API', () =>
    withSandbox({ quotas: { packages: { [time]: 2 } } }, async (sandbox) => {
      const out = 'gw.NoUsageLeftError';
      expect(await outcomes(sandbox, [time, time, time, timeMillis])).toEqual(['ok', 'ok', out, 'ok']);
      sandbox.advance(40 * 86_400_000);
      expect(await outcomes(sandbox, [time])).toEqual([out]);
      await command(sandbox, 'quotas', { packages: { [time]: 1 } });
      expect(await outcomes(sandbox, [time])).toEqual(['ok']);
    }));

  it('a grant is taken and given while running', () =>
    withSandbox({ declinedApis: [time] }, async (sandbox) => {
      expect(await outcomes(sandbox, [time, timeMillis])).toEqual(['gw.APIACLDecline', 'ok']);
      await command(sandbox, 'grants', { [time]: true, [timeMillis]: false });
      expect(await outcomes(sandbox, [time, timeMillis])).toEqual(['ok', 'gw.APIACLDecline']);
    }));

  it('switches that make no sense are refused', () =>
    withSandbox({}, async (sandbox) => {
      expect((await command(sandbox, 'quotas', { appPerDay: 'many' })).status).toBe(400);
      expect((await command(sandbox, 'quotas', { perHour: 3 })).status).toBe(400);
      expect((await command(sandbox, 'grants', { [time]: 'yes' })).status).toBe(400);
    }));
});

describe('counting', () => {
  it('counts what passed the signature, refused or not, and lists the rest with a mark', () =>
    withSandbox({ quotas: { appPerDay: 3 }, declinedApis: [timeMillis] }, async (sandbox) => {
      await callApi(sandbox, time, {}, '41');
      await callApi(sandbox, timeMillis, {}, '42');
      await post(`${sandbox.url}/${pathOf(time, sandbox.appKey)}`, { _aop_signature: 'wrong' }, '43');
      await callApi(sandbox, apis.search, {}, '44');
      await callApi(sandbox, time, {}, '45');
      const stats = await control<object>(sandbox, 'stats');
      expect(stats).toMatchObject({
        total: 5,
        counted: 4,
        byApi: { [time]: 2, [timeMillis]: 1, [apis.search]: 1 },
        byDay: { '2026-10-10': { [time]: 2 } },
        byOutcome: {
          ok: 1,
          'gw.APIACLDecline': 1,
          'gw.SignatureInvalid': 1,
          '401': 1,
          'gw.QosAppFrequencyLimit': 1,
        },
        calls: [
          { sequence: 1, requestId: '41', api: time, httpStatus: 200, outcome: 'ok', isCounted: true },
          { sequence: 2, requestId: '42', httpStatus: 400, isCounted: true },
          { sequence: 3, requestId: '43', httpStatus: 400, outcome: 'gw.SignatureInvalid', isCounted: false },
          { sequence: 4, requestId: '44', httpStatus: 401, isCounted: true },
          { sequence: 5, requestId: '45', httpStatus: 400, isCounted: true },
        ],
      });
    }));

  it('tells apart days, the busiest second, and what came after a call or an instant', () =>
    withSandbox({}, async (sandbox) => {
      await outcomes(sandbox, [time, time]);
      sandbox.advance(999);
      await outcomes(sandbox, [time]);
      sandbox.advance(1);
      await outcomes(sandbox, [time]);
      sandbox.advance(3_600_000);
      const since = sandbox.now().toISOString();
      await outcomes(sandbox, [time, timeMillis]);
      const stats = await control<object>(sandbox, 'stats?calls=false');
      expect(stats).toMatchObject({
        byDay: { '2026-10-10': { [time]: 4 }, '2026-10-11': { [time]: 1, [timeMillis]: 1 } },
        busiestSecond: { at: '2026-10-10T15:00:00.000Z', calls: 3 },
      });
      expect(stats).not.toHaveProperty('calls');
      expect(await control(sandbox, `stats?since=${since}`)).toMatchObject({ total: 2 });
      expect(await control(sandbox, 'stats?after=5')).toMatchObject({ total: 1, calls: [{ sequence: 6 }] });
    }));
});
