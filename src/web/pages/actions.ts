import { countOf } from '../../core/count-of.ts';
import { AppError } from '../../core/errors.ts';
import { toNamedError } from '../../db/database-error.ts';
import type { OperatorAction } from '../../runs/operator-log.ts';
import type { GivenUpChoice } from '../../model/given-up.ts';
import { apiOperations } from '../../model/known-apis.ts';
import { html } from '../html.ts';
import { prose } from '../parts/prose.ts';
import type { OperatorActions } from '../../runs/operator-actions.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { readId } from './read-ids.ts';
import { show } from './show.ts';

/** Who acts, as far as is known: the kind of login, and the start of the session's id, which is not enough to log in. */
export function actorOf(c: WebContext): string {
  const { kind, id } = c.get('session');
  return `${kind === 'token' ? 'logged in' : 'this machine'}, session ${id.slice(0, 6)}`;
}

interface Done {
  /** What is recorded. */
  readonly outcome: string;
  /** Where the browser goes afterwards. */
  readonly path: string;
}

type Fields = Readonly<Record<string, string>>;

interface Place {
  readonly path: string;
  readonly action: OperatorAction['action'];
}

/** An action on a `T`. */
interface Action<T> extends Place {
  /** What the fields of the form ask for; null: they are invalid. */
  readonly read: (fields: Fields) => T | null;
  /** The object of the action, in words. */
  readonly subjectOf: (asked: T) => string;
  readonly act: (actions: OperatorActions, asked: T) => Promise<Done>;
}

interface Offered extends Place {
  /** Null: the fields are invalid. */
  readonly read: (
    fields: Fields,
  ) => { readonly subject: string; readonly act: (actions: OperatorActions) => Promise<Done> } | null;
}

function offer<T>({ path, action, read, subjectOf, act }: Action<T>): Offered {
  return {
    path,
    action,
    read: (fields) => {
      const asked = read(fields);
      return asked === null ? null : { subject: subjectOf(asked), act: (actions) => act(actions, asked) };
    },
  };
}

/** An API as the ledger has it, or `*`. */
const readApi = ({ api }: Fields): string | null =>
  api !== undefined && /^(\*|[\w.@-]{1,100}(:[\w.-]{1,100}){0,2})$/.test(api) ? api : null;

/** An API, and why it is to be held. */
function readHold(fields: Fields) {
  const { reason = '' } = fields;
  const api = readApi(fields);
  const why = reason
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 200);
  return api === null ? null : { api, why };
}

/** The given-up targets that are meant; null: invalid. */
function readChoice({ operation, id }: Fields): GivenUpChoice | null {
  if (operation === undefined) return id === undefined ? { operation: null, id: null } : null;
  if (!apiOperations.some((known) => known === operation)) return null;
  if (id === undefined) return { operation, id: null };
  return readId(id) === null ? null : { operation, id };
}

const offered: readonly Offered[] = [
  offer({
    path: '/actions/run',
    action: 'run',
    read: ({ scope }) => (scope !== undefined && /^[\w-]{1,64}$/.test(scope) ? scope : null),
    subjectOf: (scope) => scope,
    act: async (actions, scope) => {
      const { runId, isNew } = await actions.startRun(scope);
      const path = `/runs/${runId}?done=${isNew ? 'run-begun' : 'run-active'}`;
      return { outcome: `${isNew ? 'begun' : 'active already'}: run ${runId}`, path };
    },
  }),
  offer({
    path: '/actions/cancel/:id',
    action: 'cancel',
    read: ({ id }) => readId(id),
    subjectOf: (id) => `run ${id}`,
    act: async (actions, id) => {
      await actions.cancelRun(id);
      return { outcome: 'done', path: `/runs/${id}?done=cancelled` };
    },
  }),
  offer({
    path: '/actions/hold',
    action: 'hold',
    read: readHold,
    subjectOf: ({ api }) => api,
    act: async (actions, { api, why }) => {
      await actions.holdApi(api, why === '' ? null : why);
      return { outcome: why === '' ? 'done' : `done: ${why}`, path: '/problems?done=held#holds' };
    },
  }),
  offer({
    path: '/actions/resume',
    action: 'resume',
    read: readApi,
    subjectOf: (api) => api,
    act: async (actions, api) => {
      const wasHeld = await actions.resumeApi(api);
      const path = `/problems?done=${wasHeld ? 'resumed' : 'not-held'}#holds`;
      return { outcome: wasHeld ? 'done' : 'was not held', path };
    },
  }),
  offer({
    path: '/actions/retry',
    action: 'retry',
    read: readChoice,
    subjectOf: ({ operation, id }) => {
      if (operation === null) return 'all that was given up';
      return id === null ? `all of ${operation} that was given up` : `${operation} ${id}`;
    },
    act: async (actions, choice) => {
      const retried = await actions.retryGivenUp(choice);
      const done = retried === 0 ? 'nothing-to-retry' : 'retried';
      return { outcome: `done: ${countOf(retried, 'target')}`, path: `/problems?done=${done}#given-up` };
    },
  }),
];

async function readFields(c: WebContext): Promise<Record<string, string>> {
  const fields = { ...(await c.req.parseBody()), ...c.req.param() };
  const texts = Object.entries(fields).filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
  return Object.fromEntries(texts);
}

async function perform(c: WebContext, deps: WebDeps, { action, read }: Offered): Promise<Response> {
  const { actions, stores, findRemedy } = deps;
  if (actions === null) return c.text(`${deps.readOnlyReason}\n`, 403);
  const asked = read(await readFields(c));
  if (asked === null) return c.text('the form has no valid action\n', 400);
  const { subject, act } = asked;
  const said = { actor: actorOf(c), action, subject };
  try {
    const { outcome, path } = await act(actions);
    await stores.log.add({ ...said, outcome });
    deps.log.info({ ...said, outcome }, 'action of a page');
    return c.redirect(path, 303);
  } catch (thrown) {
    const error = toNamedError(thrown);
    if (!(thrown instanceof AppError)) throw error;
    await stores.log.add({ ...said, outcome: error.code });
    const body = html`<section class="card hero bad">
      <h1>The action failed</h1>
      <p><code>${error.code}</code> ${prose(findRemedy(error.code)?.remedy ?? error.kind.remedy)}</p>
      <p><a href="/">Overview</a></p>
    </section>`;
    return show(c, deps, { title: 'Not done', section: '', body });
  }
}

/** The targets of the forms: each action is done, and recorded with its user. */
export const actionRoutes = offered.map((one) => ({
  path: one.path,
  handle: (c: WebContext, deps: WebDeps) => perform(c, deps, one),
}));
