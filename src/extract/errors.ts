import { defineErrors } from '../core/errors.ts';

/** Everything that can go wrong between us and 1688, each with what a person should do about it. */
export const extractErrors = defineErrors({
  GATEWAY_SIGNATURE_REFUSED: {
    recovery: 'halt',
    remedy:
      '"Signature verification failed": the App Secret is not the one of this App Key. Copy ALIBABA_APP_SECRET again from the console, without quotes, spaces or a line break, and check that no older value in the real environment wins over .env.local.',
  },
  GATEWAY_APP_KEY_UNKNOWN: {
    recovery: 'halt',
    remedy:
      'Copy ALIBABA_APP_KEY again from the console (digits only) and check that the application is enabled there.',
  },
  GATEWAY_TOKEN_INVALID: {
    recovery: 'halt',
    remedy:
      '"Access token invalid": 1688 refused the access token even after one refresh. Check that the token belongs to this App Key and that its owner has not changed the password, revoked it or let the subscription end; then authorise again with `catalog-sync auth`, or put a new self-use token into ALIBABA_ACCESS_TOKEN.',
  },
  GATEWAY_TIMESTAMP_REFUSED: {
    recovery: 'retry',
    remedy: "Set this machine's clock (NTP): 1688 found the time of the call too far from its own.",
  },
  GATEWAY_NO_GRANT: {
    recovery: 'stop-api',
    remedy:
      '"API permission denied": the app has no grant for this API. Apply for the solution that contains it (the API permission tab of the console), and wait for the approval: one call a day tries it (`catalog-sync permissions`). The other APIs go on.',
  },
  GATEWAY_API_UNKNOWN: {
    recovery: 'stop-api',
    remedy:
      'No API of this name and version exists. The names in setup guides (alibaba.cross.search and the like) are not callable; `catalog-sync permissions` lists the real ones.',
  },
  GATEWAY_PACKAGE_USED_UP: {
    recovery: 'stop-api',
    remedy:
      'The package of calls that was bought or granted for this API is used up; it does not come back by itself at midnight. Buy or request more in the console, then `catalog-sync permissions resume` the API.',
  },
  GATEWAY_TOO_FAST_APP: {
    recovery: 'throttle',
    remedy:
      'Nothing: all calls of the app pause, and longer if it happens again. If it stays for more than minutes, the quota of the day is used up or something else calls with the same App Key.',
  },
  GATEWAY_TOO_FAST_API: {
    recovery: 'throttle',
    remedy:
      'Nothing: the calls of this API pause, and longer if it happens again. Lower its rate if it stays.',
  },
  GATEWAY_TRY_LATER: {
    recovery: 'retry',
    remedy: 'Nothing: 1688 is still preparing the data and asks for another try in some seconds.',
  },
  GATEWAY_PARAM_MISSING: {
    recovery: 'fail',
    remedy:
      'A required parameter did not arrive. This is a defect of catalog-sync, or 1688 changed the API: report it.',
  },
  GATEWAY_PARAM_REFUSED: {
    recovery: 'fail',
    remedy:
      'A parameter has a form that 1688 does not accept. Check the ids and prices in catalog-sync.yaml.',
  },
  GATEWAY_BUSINESS_REFUSED: {
    recovery: 'fail',
    remedy:
      'The gateway let the call through, the API itself refused it; `gatewayCode` says why. One offer or page is left out, the others go on.',
  },
  GATEWAY_REFUSED: {
    recovery: 'fail',
    remedy:
      'The gateway refused the call for a reason that is not known here; look `gatewayCode` and `httpStatus` up in the console of 1688, and check ALIBABA_API_URL.',
  },
  GATEWAY_UNAVAILABLE: {
    recovery: 'retry',
    remedy: 'Nothing: 1688 or the service behind it is down for the moment, and the call is made again.',
  },
  GATEWAY_UNREACHABLE: {
    recovery: 'retry',
    remedy:
      'No connection could be made, so no call was spent. Check the network, DNS, firewall and proxy of this machine, and ALIBABA_API_URL.',
  },
  GATEWAY_CERTIFICATE_REFUSED: {
    recovery: 'halt',
    remedy:
      'The certificate of the gateway is not trusted, so nothing was sent. Check the clock of this machine and whether a proxy opens TLS; give its authority to Node with NODE_EXTRA_CA_CERTS.',
  },
  GATEWAY_TIMEOUT: {
    recovery: 'retry',
    remedy:
      'Nothing: the call took too long and is made again. It stays counted, since 1688 may have served it.',
  },
  GATEWAY_CONNECTION_LOST: {
    recovery: 'retry',
    remedy: 'Nothing: the connection broke in mid-call and the call is made again. It stays counted.',
  },
  GATEWAY_ANSWER_UNREADABLE: {
    recovery: 'retry',
    remedy:
      'The answer was cut off, not JSON, not UTF-8, or not in any known form, and the call is made again. If it stays, a proxy or a wrong ALIBABA_API_URL answers in place of 1688.',
  },
  GATEWAY_ANSWER_TOO_LARGE: {
    recovery: 'fail',
    remedy:
      'The answer exceeds the size cap, which no answer of the known APIs does. Report which call it was.',
  },
  GATEWAY_REDIRECT: {
    recovery: 'fail',
    remedy:
      'The gateway answered with a redirect, which is never followed, for it could carry the token elsewhere. Check ALIBABA_API_URL.',
  },
  GATEWAY_URL_REFUSED: {
    recovery: 'halt',
    remedy: 'Use an https address in ALIBABA_API_URL; http is allowed for a gateway on this machine only.',
  },
  GATEWAY_REQUEST_INVALID: {
    recovery: 'fail',
    remedy: 'The request has an id that is not a number. Check the ids in catalog-sync.yaml.',
  },
  GATEWAY_STOPPED: {
    recovery: 'throttle',
    remedy: 'Nothing: the process was stopping. The next one makes the call.',
  },
  STORED_ANSWER_UNREADABLE: {
    recovery: 'skip',
    remedy:
      'A stored answer can no longer be read and is left out; `rawId` names its row in raw.payload. Asking again costs one call.',
  },
  AUTH_TOKEN_MISSING: {
    recovery: 'halt',
    remedy:
      'This API needs an access token: authorise the app with `catalog-sync auth`, or put ALIBABA_ACCESS_TOKEN (self-use apps) into .env.local.',
  },
  AUTH_TOKEN_NOT_REFRESHABLE: {
    recovery: 'halt',
    remedy:
      '"Access token invalid": this token has no refresh token, so it can only be replaced. Self-use apps get a new one in the console of 1688; put it into ALIBABA_ACCESS_TOKEN and start again.',
  },
  AUTH_REFRESH_REFUSED: {
    recovery: 'halt',
    remedy:
      'The refresh token is no longer accepted (it ends after about half a year, with the subscription, or when its owner changes the password), or the App Secret is wrong. Authorise the app again with `catalog-sync auth`.',
  },
  AUTH_POSTPONE_REFUSED: {
    recovery: 'retry',
    remedy:
      'Nothing at first: the refresh token is still good, and every refresh tries to postpone its end again. If `catalog-sync auth status` shows that its end comes near, run `catalog-sync auth`.',
  },
  AUTH_CODE_REFUSED: {
    recovery: 'halt',
    remedy:
      'A code is good once and for two minutes: run `catalog-sync auth` again. If it is refused again, compare ALIBABA_APP_SECRET and the callback url (ALIBABA_REDIRECT_URI) with the console of 1688.',
  },
  AUTH_CODE_MISSING: {
    recovery: 'halt',
    remedy:
      'Run `catalog-sync auth` again and agree on the page of 1688; with --paste, paste the whole address that the browser ends at, or the code in it.',
  },
  AUTH_STATE_REFUSED: {
    recovery: 'halt',
    remedy:
      'The address does not come from the login that was just started, so its code is not used: somebody may want you to work with their account. Run `catalog-sync auth` again and use the url that it prints, within ten minutes.',
  },
  AUTH_TIMED_OUT: {
    recovery: 'halt',
    remedy:
      'Nobody came back from the page of 1688 within ten minutes. Run `catalog-sync auth` again; on a machine without a browser, with --paste.',
  },
  AUTH_REFRESH_BUSY: {
    recovery: 'throttle',
    remedy: 'Nothing: the ledger did not admit the token refresh just now, and it is tried again.',
  },
});
