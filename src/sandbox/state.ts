import type { Clock } from '../core/clock.ts';
import { createCallLog, type CallLog } from './call-log.ts';
import { createFaults, type Faults } from './faults.ts';
import type { Settings } from './options.ts';
import { createQuota, type Quota } from './quota.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { Draw } from './world/draw.ts';
import { createWorld, type World } from './world/world.ts';

/** A clock that only its owner moves ahead. */
interface SandboxClock extends Clock {
  advance(ms: number): void;
}

/** Everything a running sandbox remembers; the gateway and the control endpoints share it. */
export interface SandboxState {
  readonly settings: Settings;
  readonly clock: SandboxClock;
  readonly world: World;
  readonly log: CallLog;
  readonly quota: Quota;
  readonly tokens: Tokens;
  readonly faults: Faults;
  /** Time before each answer. */
  latencyMs: number;
  /** The one that signs now. */
  appSecret(): string;
  /** As "reset" in the console: from now on only the new one signs. Tokens stay good. */
  resetSecret(secret: string): void;
  /** Ids of the pictures that were uploaded. */
  readonly uploads: Set<string>;
  /** APIs without a grant. */
  readonly declined: ReadonlySet<string>;
  /** Grants or declines APIs. */
  setGrants(grants: Readonly<Record<string, boolean>>): void;
  readonly draw: Draw;
}

function createClock(base: Clock): SandboxClock {
  let advancedMs = 0;
  return {
    now: () => new Date(base.now().getTime() + advancedMs),
    advance: (ms) => {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`time only moves forward, not by ${ms} ms`);
      advancedMs += ms;
    },
  };
}

/** Builds a sandbox that nobody has called yet. */
export function createState(settings: Settings): SandboxState {
  const draw = new Draw(settings.seed).child('gateway');
  const clock = createClock(settings.clock);
  const declined = new Set(settings.declinedApis);
  let appSecret = settings.appSecret;
  return {
    settings,
    clock,
    draw,
    latencyMs: settings.latencyMs,
    world: createWorld({
      seed: settings.seed,
      offers: settings.offers,
      categories: settings.categories,
      categoryCycle: settings.categoryCycle,
      nature: settings.nature,
      startAt: settings.startAt.getTime(),
      stepMs: settings.worldStepMs,
    }),
    log: createCallLog(),
    quota: createQuota(settings.quotas),
    tokens: createTokens(settings, draw.child('tokens'), clock),
    faults: createFaults(settings.faults, draw.child('faults')),
    appSecret: () => appSecret,
    resetSecret: (secret) => {
      appSecret = secret;
    },
    uploads: new Set(),
    declined,
    setGrants: (grants) => {
      for (const [api, isGranted] of Object.entries(grants)) {
        if (isGranted) declined.delete(api);
        else declined.add(api);
      }
    },
  };
}
