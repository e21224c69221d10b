import type { ApiPermission, Application } from '../../model/permission.ts';
import { businessDaysSince } from '../../core/shanghai-time.ts';

/** One sentence for the operator. */
export interface Advice {
  /** True: the declared and the observed state differ, or an operator must act. */
  readonly needsAttention: boolean;
  readonly text: string;
}

/** Facts about an API, in addition to its permission. */
export interface ApiSituation {
  /** The word to type after `permissions set`. */
  readonly operation: string;
  /** The API's name in the console. */
  readonly name: string;
  readonly isHeld: boolean;
  readonly now: Date;
}

/** Reviews take 1 to 3 business days (setup guides of 1688). */
const usualReviewDays = 3;

const attention = (text: string): Advice => ({ needsAttention: true, text });
const remark = (text: string): Advice => ({ needsAttention: false, text });

const rejected = remark('Rejected: read the reason in the console, correct it, and apply again.');

function assessReview(declaredAt: Date | null, now: Date): Advice {
  if (declaredAt === null) return remark('In review.');
  const days = businessDaysSince(declaredAt, now);
  const inWords = `${days} business ${days === 1 ? 'day' : 'days'}`;
  return days > usualReviewDays
    ? attention(
        `Overdue: in review for ${inWords}, where 1 to ${usualReviewDays} are usual (2 or 3 more around Chinese holidays, which are not counted here). Check the console, then ask 1688's support.`,
      )
    : remark(
        `In review for ${inWords}; 1 to ${usualReviewDays} are usual, 2 or 3 more around Chinese holidays.`,
      );
}

function assessDenied({ declared, declaredAt }: ApiPermission, at: ApiSituation): Advice {
  const apply = `Apply for ${at.name} in the console, then: \`catalog-sync permissions set ${at.operation} --state pending\`. After the grant: \`catalog-sync permissions resume ${at.operation}\`, or the next try finds out.`;
  switch (declared) {
    case 'granted':
      return at.isHeld
        ? attention(
            'Contradiction: declared granted, but 1688 declines it. Check that it was granted to this App Key, and that the subscription has not ended.',
          )
        : remark('Declared granted after it was declined; the next run tries it.');
    case 'pending':
    case 'under_review':
      return assessReview(declaredAt, at.now);
    case 'rejected':
      return rejected;
    case 'not_applied':
      return declaredAt === null ? attention(apply) : remark(apply);
  }
}

function assessAllowed({ declared, declaredAt }: ApiPermission, operation: string): Advice | null {
  if (declared === 'granted' || declaredAt === null) return null;
  return attention(
    `Contradiction: declared ${declared}, but 1688 answers it. If it was granted: \`catalog-sync permissions set ${operation} --state granted\`, with the approved volumes.`,
  );
}

function assessUnknown({ declared, declaredAt }: ApiPermission, at: ApiSituation): Advice | null {
  if (declared === 'pending' || declared === 'under_review') return assessReview(declaredAt, at.now);
  return declared === 'rejected' ? rejected : null;
}

/** What to do about an API; null: nothing, or to let a call show what is not known. */
export function assessApi(permission: ApiPermission, at: ApiSituation): Advice | null {
  switch (permission.observed) {
    case 'allowed':
      return assessAllowed(permission, at.operation);
    case 'denied':
      return assessDenied(permission, at);
    case 'unsupported':
      return attention(
        '1688 knows no API of this name and version: compare it with docs/1688.md. Applying for it does not help.',
      );
    case 'exhausted':
      return attention(
        `The package of calls is used up, and is not refilled at midnight. Buy or request more in the console, then: \`catalog-sync permissions resume ${at.operation}\`.`,
      );
    case 'unknown':
      return assessUnknown(permission, at);
  }
}

/** What to do about the application itself; null: nothing. */
export function assessApplication(application: Application, now: Date): Advice | null {
  const { declared, declaredAt, observed } = application;
  if (observed === 'denied')
    return attention(
      '1688 does not know this App Key: copy it again, and check whether the application is enabled.',
    );
  if (observed === 'allowed')
    return declared === 'granted' || declaredAt === null
      ? null
      : attention(
          `Contradiction: declared ${declared}, but 1688 takes its calls. If it was approved: \`catalog-sync permissions app --state granted\`.`,
        );
  if (declared === 'pending' || declared === 'under_review') return assessReview(declaredAt, now);
  return declared === 'rejected'
    ? remark('Rejected: read the reason in the console, correct it, and submit it again.')
    : null;
}
