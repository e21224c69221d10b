import { describe, expect, it } from 'vitest';
import { AppError, type ErrorKind } from '../../../../src/core/errors.ts';
import { extractErrors } from '../../../../src/extract/errors.ts';
import { askContract } from '../../../../src/health/contract/ask-contract.ts';
import { checkContract } from '../../../../src/health/contract/check-contract.ts';
import { contractApis, contractQuestions } from '../../../../src/health/contract/contract-questions.ts';
import type { CallWaiting, GatewayQuestion, Inspected } from '../../../../src/model/gateway.ts';

const names = contractQuestions.map(({ name }) => name);
const [flawed, , , , translated = '', keyword = '', detail = '', seller = '', upload = '', image = ''] =
  names;

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly error?: ErrorKind;
  readonly isUnanswered?: boolean;
  readonly rawId?: string | null;
}

const row = { offerId: 610, subject: '杯子', imageUrl: 'x' };
const nestedBody = (result: unknown) => ({ result: { success: true, result } });

/** Good answers to the questions from which others learn. */
const good: Readonly<Record<string, Reply>> = {
  [keyword]: { body: nestedBody({ totalRecords: 1, data: [row] }) },
  [detail]: { body: nestedBody({ offerId: 610, subject: 'a', sellerOpenId: 'seller7' }) },
  [upload]: { body: { result: { success: true, result: '9001' } } },
};

/** Asks all of it; a question without a reply gets `{}` with status 200. */
async function ask(replies: Readonly<Record<string, Reply | Error | CallWaiting>> = good) {
  const asked: GatewayQuestion[] = [];
  const contexts: unknown[] = [];
  const keptOut: string[] = [];
  const questionOf = (question: GatewayQuestion) => {
    const found = contractQuestions.find((candidate) => {
      const wanted = candidate.ask({ offerId: '610', sellerId: 'seller7', imageId: '9001' });
      return JSON.stringify(wanted) === JSON.stringify(question);
    });
    return found?.name ?? '';
  };
  const inspect = (question: GatewayQuestion, context: unknown): Promise<Inspected | CallWaiting> => {
    asked.push(question);
    contexts.push(context);
    const reply = replies[questionOf(question)] ?? {};
    if (reply instanceof Error) return Promise.reject(reply);
    if ('kind' in reply) return Promise.resolve(reply);
    const { status = 200, body = {}, text = JSON.stringify(body), error = null, rawId = '7' } = reply;
    const answer = reply.isUnanswered === true ? null : { status, body: Buffer.from(text) };
    return Promise.resolve({ kind: 'inspected', rawId, answer, error });
  };
  const raw = { keepOut: (rawId: string) => Promise.resolve(void keptOut.push(rawId)) };
  const result = await askContract({ gateway: { inspect }, raw });
  const reasons = Object.fromEntries(result.answers.map(({ question, reason }) => [question, reason]));
  return { ...result, reasons, asked: asked.map(questionOf), contexts, keptOut };
}

const waiting = (by: CallWaiting['by']): CallWaiting => ({ kind: 'waiting', by, retryAfterMs: null });

describe('the questions', () => {
  it('are asked once each, in their order, and what they learn is asked for next', async () => {
    const { asked, contexts, keptOut, answers, halted } = await ask();
    expect(asked).toEqual(names);
    expect(contexts).toEqual(names.map(() => ({ runId: null, jobId: null, windowId: null, lane: 'manual' })));
    expect(keptOut).toEqual(names.map(() => '7'));
    expect(answers.every(({ isAsked, reason }) => isAsked && reason === null)).toBe(true);
    expect(halted).toBeNull();
    expect(answers.map(({ question, assumes, changes }) => ({ name: question, assumes, changes }))).toEqual(
      contractQuestions.map(({ name, assumes, changes }) => ({ name, assumes, changes })),
    );
  });

  it('that need what no answer brought are left out', async () => {
    const without = 'not called: no earlier answer names one';
    const { asked, answers, reasons } = await ask({ [upload]: { body: { result: { result: '0' } } } });
    expect(asked).toEqual(names.filter((name) => ![detail, seller, image].includes(name)));
    expect(reasons).toMatchObject({ [detail]: without, [seller]: without, [image]: without });
    expect(answers.find(({ question }) => question === detail)).toMatchObject({
      isAsked: false,
      findings: [],
    });
  });

  it.each<[string, Reply, string]>([
    ['a list without rows', { body: nestedBody({ data: [] }) }, detail],
    ['a row without an id', { body: nestedBody({ data: [{}] }) }, detail],
    ['a row with an odd id', { body: nestedBody({ data: [{ offerId: { a: 1 } }] }) }, detail],
    ['no result', { body: { result: null } }, detail],
    ['no JSON', { text: '<html>' }, detail],
    ['JSON that is null', { body: null }, detail],
  ])('learn nothing of %s', async (_, reply, next) => {
    expect((await ask({ [keyword]: reply })).asked).not.toContain(next);
  });

  it('learn an id that is text, too', async () => {
    const body = nestedBody({ data: [{ offerId: '610' }] });
    expect((await ask({ [keyword]: { body } })).asked).toContain(detail);
    expect((await ask({ ...good, [upload]: { body: { result: { result: 9001 } } } })).asked).not.toContain(
      image,
    );
    expect((await ask({ ...good, [upload]: { body: null } })).asked).not.toContain(image);
  });

  it('are about nine APIs, each named once', () => {
    const apis = contractApis({});
    expect(new Set(apis).size).toBe(apis.length);
    expect(apis.map((api) => api.split(':')[1])).toEqual([
      ...[
        'currentTime',
        'product.search.noSuchApi',
        'product.search.queryProductDetail',
        'alibaba.category.get',
      ],
      ...[
        'category.translation.getById',
        'product.search.keywordQuery',
        'product.search.querySellerOfferList',
      ],
      ...['product.image.upload', 'product.search.imageQuery'],
    ]);
  });
});

describe('an answer', () => {
  it('is compared place by place', async () => {
    const body = nestedBody({ totalRecords: '1', data: [row, { ...row, subject: null }, { offerId: 'x' }] });
    const { answers } = await ask({ ...good, [keyword]: { body } });
    const { findings } = answers.find(({ question }) => question === keyword) ?? { findings: [] };
    const at = (path: string) => findings.find(({ place }) => place === `result.result.${path}`);
    expect(at('totalRecords')).toEqual({
      ...{
        place: 'result.result.totalRecords',
        assumed: 'number',
        came: 'text',
        count: 1,
        isAsAssumed: false,
      },
    });
    expect(at('data')).toMatchObject({ came: 'list', isAsAssumed: true });
    expect(at('data[].offerId')).toMatchObject({ came: 'number and text', count: 3, isAsAssumed: false });
    expect(at('data[].subject')).toMatchObject({
      came: 'absent and null and text',
      count: 2,
      isAsAssumed: false,
    });
    expect(at('data[].monthSold')).toMatchObject({
      ...{ assumed: 'number or absent or null', came: 'absent', count: 0, isAsAssumed: true },
    });
    expect(findings[0]).toEqual({
      place: '#status',
      assumed: '200',
      came: '200',
      count: 1,
      isAsAssumed: true,
    });
  });

  it('without rows is not as assumed', async () => {
    const { answers } = await ask({
      ...good,
      [keyword]: { body: nestedBody({ totalRecords: 0, data: [] }) },
    });
    const { findings } = answers.find(({ question }) => question === keyword) ?? { findings: [] };
    expect(findings.find(({ place }) => place.endsWith('[].subject'))).toMatchObject({
      ...{ came: 'no rows', count: 0, isAsAssumed: false },
    });
  });

  it('that is not stored is not kept out', async () => {
    const { keptOut } = await ask({ ...good, [keyword]: { ...good[keyword], rawId: null } });
    expect(keptOut).toHaveLength(names.length - 1);
  });

  it.each<[keyof typeof extractErrors, boolean]>([
    ['GATEWAY_UNREACHABLE', false],
    ['GATEWAY_CERTIFICATE_REFUSED', false],
    ['GATEWAY_TIMEOUT', true],
  ])('that never came has a reason: %s, and was a call: %s', async (kind, isAsked) => {
    const { answers } = await ask({ ...good, [seller]: { isUnanswered: true, error: extractErrors[kind] } });
    expect(answers.find(({ question }) => question === seller)).toMatchObject({
      ...{ isAsked, reason: `no answer: ${kind}`, findings: [] },
    });
  });

  it('that never came, and nobody knows why, is unknown', async () => {
    const { reasons } = await ask({ ...good, [seller]: { isUnanswered: true } });
    expect(reasons[seller]).toBe('no answer: unknown');
  });
});

describe('a refusal', () => {
  const refusedBy = (kind: ErrorKind, code: string): Reply => ({
    ...{ status: 400, body: { error_code: code, result: good[keyword]?.body }, error: kind },
  });

  it.each<[keyof typeof extractErrors, string]>([
    ['GATEWAY_NO_GRANT', 'gw.APIACLDecline'],
    ['GATEWAY_PACKAGE_USED_UP', 'gw.NoUsageLeftError'],
    ['GATEWAY_TOO_FAST_APP', 'gw.QosAppFrequencyLimit'],
    ['GATEWAY_TOO_FAST_API', 'gw.QosAPIFrequencyLimit'],
  ])('that is about us is not compared: %s', async (kind, code) => {
    const { answers, asked, halted } = await ask({
      ...good,
      [keyword]: refusedBy(extractErrors[kind], code),
    });
    expect(answers.find(({ question }) => question === keyword)).toMatchObject({
      ...{ isAsked: true, reason: `refused: ${kind} (${code})`, findings: [] },
    });
    expect(asked).toContain(upload);
    expect(asked).not.toContain(detail);
    expect(halted).toBeNull();
  });

  it('that is none of those is compared', async () => {
    const { answers } = await ask({
      ...{ ...good, [seller]: refusedBy(extractErrors.GATEWAY_PARAM_MISSING, 'gw.ParamMissing') },
    });
    const { findings, reason } = answers.find(({ question }) => question === seller) ?? {};
    expect(reason).toBeNull();
    expect(findings?.[0]).toMatchObject({ place: '#status', came: '400', isAsAssumed: false });
  });

  it('of a token leaves out what needs one, and nothing else', async () => {
    const token = refusedBy(extractErrors.GATEWAY_TOKEN_INVALID, '401');
    const { asked, reasons, halted } = await ask({ ...good, [translated]: token });
    expect(asked.at(-1)).toBe(translated);
    expect(reasons[keyword]).toBe('not called: after GATEWAY_TOKEN_INVALID');
    expect(halted).toBeNull();
  });

  it('of all APIs is the last one', async () => {
    const refused = refusedBy(extractErrors.GATEWAY_SIGNATURE_REFUSED, 'gw.SignatureInvalid');
    const { asked, reasons, halted, answers } = await ask({ ...good, [keyword]: refused });
    expect(asked.at(-1)).toBe(keyword);
    expect(halted).toMatchObject({
      code: 'GATEWAY_SIGNATURE_REFUSED',
      message: 'the other questions were not asked',
    });
    expect(reasons).toMatchObject({
      [keyword]: null,
      [upload]: 'not called: after GATEWAY_SIGNATURE_REFUSED',
    });
    expect(answers).toHaveLength(names.length);
    expect(checkContract({ answers, halted })).toMatchObject({ status: 'fail', exitCode: 4 });
  });

  it('that was wanted ends nothing, and is compared', async () => {
    const wanted = {
      status: 400,
      body: { error_code: 'gw.SignatureInvalid', error_message: 'a', exception: 'b' },
      error: extractErrors.GATEWAY_SIGNATURE_REFUSED,
    };
    const noToken = { ...wanted, error: extractErrors.GATEWAY_TOKEN_INVALID };
    const { answers, asked } = await ask({ ...good, [flawed ?? '']: wanted, [names[2] ?? '']: noToken });
    expect(asked).toEqual(names);
    expect(answers[0]?.findings.every(({ isAsAssumed }) => isAsAssumed)).toBe(true);
    expect(answers[2]).toMatchObject({ reason: null });
  });
});

describe('a question that can not be asked', () => {
  it('says why, and the next one is asked', async () => {
    const { asked, answers, reasons } = await ask({
      ...{
        ...good,
        [seller]: waiting('day'),
        [upload]: new AppError(extractErrors.AUTH_TOKEN_MISSING, 'none'),
      },
    });
    expect(asked).toContain(upload);
    expect(reasons).toMatchObject({
      [seller]: 'not called: its calls of the day are used up',
      [upload]: 'not called: AUTH_TOKEN_MISSING',
      [image]: 'not called: no earlier answer names one',
    });
    expect(answers.find(({ question }) => question === seller)).toMatchObject({ isAsked: false });
  });

  it('for a reason that all have is the last one', async () => {
    const error = new AppError(extractErrors.GATEWAY_URL_REFUSED, 'no');
    const { asked, reasons } = await ask({ ...good, [translated]: error });
    expect(asked.at(-1)).toBe(translated);
    expect(reasons[keyword]).toBe('not called: after GATEWAY_URL_REFUSED');
  });
});

describe('the result', () => {
  const place = { place: 'a', assumed: 'text', came: 'text', count: 1, isAsAssumed: true };
  const answer = (reason: string | null, ...findings: (typeof place)[]) => ({
    ...{ question: 'q', assumes: '', changes: '', isAsked: reason === null, reason, findings },
  });
  const said = (...answers: ReturnType<typeof answer>[]) => {
    const { status, message, exitCode } = checkContract({ answers, halted: null });
    return `${status} ${String(exitCode)} ${message}`;
  };

  it('counts questions and places', () => {
    expect(said(answer(null, place, place))).toBe('ok 0 1 of 1 questions compared, 2 of 2 places as assumed');
    expect(said(answer(null, place), answer(null, place, { ...place, isAsAssumed: false }))).toBe(
      'fail 1 2 of 2 questions compared, 2 of 3 places as assumed',
    );
    expect(said(answer(null, place), answer('held'), answer('late'), answer('held'))).toBe(
      'warn 0 1 of 4 questions compared, 1 of 1 places as assumed; the others: held; late',
    );
  });
});
