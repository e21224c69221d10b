import { defineErrors } from '../core/errors.ts';

/** Errors between this product and 1688, each with what a person should do about it. */
export const extractErrors = defineErrors({
  GATEWAY_SIGNATURE_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      '"Signature verification failed": the App Secret is not the one of this App Key. Copy ALIBABA_APP_SECRET again from the console, without quotes, spaces or a line break. Check that no older value in the process environment overrides .env.local.',
  },
  GATEWAY_APP_KEY_UNKNOWN: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Copy ALIBABA_APP_KEY again from the console (digits only) and check that the application is enabled there.',
  },
  GATEWAY_TOKEN_INVALID: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      '"Access token invalid": 1688 refused the access token even after one refresh. Check that the token belongs to this App Key and that its owner has not changed the password, revoked it or let the subscription end; then authorise again with `catalog-sync auth`, or put a new self-use token into ALIBABA_ACCESS_TOKEN.',
  },
  GATEWAY_TIMESTAMP_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      "Synchronize this machine's clock with NTP. 1688 refused the time of the call because it differs too much from its own.",
  },
  GATEWAY_NO_GRANT: {
    origin: 'operator',
    recovery: 'stop-api',
    remedy:
      '"API permission denied": the app has no grant for this API. Apply for it in the console (API permissions); `catalog-sync permissions apply` prints the texts of the form. After the approval `catalog-sync doctor --probe` tries the API at once; runs try it some times a day. Other APIs continue.',
  },
  GATEWAY_API_UNKNOWN: {
    origin: 'operator',
    recovery: 'stop-api',
    remedy:
      'No API of this name and version exists. The names in setup guides (alibaba.cross.search and the like) are not callable; `catalog-sync permissions` lists the real ones.',
  },
  GATEWAY_PACKAGE_USED_UP: {
    origin: 'operator',
    recovery: 'stop-api',
    remedy:
      'The package of calls that was bought or granted for this API is used up. It is not refilled at midnight. Buy or request more in the console, then resume the API: `catalog-sync quota` shows the command.',
  },
  GATEWAY_TOO_FAST_APP: {
    origin: '1688',
    recovery: 'throttle',
    remedy:
      'Nothing: all calls of the app pause, and then come more slowly. If it lasts longer than some minutes, the daily quota is used up, or another program calls with the same App Key.',
  },
  GATEWAY_TOO_FAST_API: {
    origin: '1688',
    recovery: 'throttle',
    remedy: 'Nothing: the calls of this API pause, and then come more slowly.',
  },
  GATEWAY_TRY_LATER: {
    origin: '1688',
    recovery: 'retry',
    remedy: 'Nothing: 1688 is still preparing the data. catalog-sync retries in some seconds.',
  },
  GATEWAY_PARAM_MISSING: {
    origin: 'catalog-sync',
    recovery: 'fail',
    remedy:
      'A required parameter is missing. Either catalog-sync has a bug or 1688 changed the API: report it.',
  },
  GATEWAY_PARAM_REFUSED: {
    origin: 'operator',
    recovery: 'fail',
    remedy: '1688 does not accept the format of a parameter. Check the ids and prices in catalog-sync.yaml.',
  },
  GATEWAY_BUSINESS_REFUSED: {
    origin: '1688',
    recovery: 'fail',
    remedy:
      'The gateway accepted the call, but the API refused it; `gatewayCode` says why. This offer or page is skipped, others continue.',
  },
  GATEWAY_ALL_REFUSED: {
    origin: '1688',
    recovery: 'stop-api',
    remedy:
      'The app may call this API, but the API has refused every call for a day. `gatewayCode` on the Problems page says why: check what your account may do in the console of 1688, and whether the feeds select offers that it may see. Other APIs continue.',
  },
  GATEWAY_REFUSED: {
    origin: '1688',
    recovery: 'fail',
    remedy:
      'The gateway refused the call for a reason that catalog-sync does not know. Search for `gatewayCode` in the console of 1688, and check `httpStatus` and ALIBABA_API_URL.',
  },
  GATEWAY_UNAVAILABLE: {
    origin: '1688',
    recovery: 'retry',
    remedy: 'Nothing: 1688 or the service behind it is temporarily down. catalog-sync retries the call.',
  },
  GATEWAY_UNREACHABLE: {
    origin: 'network',
    recovery: 'retry',
    remedy:
      'catalog-sync could not connect, so no call was spent. Check the network, DNS, firewall and proxy of this machine, and ALIBABA_API_URL.',
  },
  GATEWAY_CERTIFICATE_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'The certificate of the gateway is not trusted, so nothing was sent. Check the clock of this machine. If a proxy intercepts TLS, add its CA certificate with NODE_EXTRA_CA_CERTS.',
  },
  GATEWAY_TIMEOUT: {
    origin: '1688',
    recovery: 'retry',
    remedy: 'Nothing: the call timed out and is retried. It stays counted, because 1688 may have served it.',
  },
  GATEWAY_CONNECTION_LOST: {
    origin: 'network',
    recovery: 'retry',
    remedy: 'Nothing: the connection broke during the call, and the call is retried. It stays counted.',
  },
  GATEWAY_ANSWER_UNREADABLE: {
    origin: '1688',
    recovery: 'retry',
    remedy:
      'The answer was truncated, not JSON, not UTF-8 or of an unknown form. The call is retried. If the error continues, check whether a proxy or a wrong ALIBABA_API_URL answers instead of 1688.',
  },
  GATEWAY_ANSWER_TOO_LARGE: {
    origin: '1688',
    recovery: 'fail',
    remedy:
      'The answer is larger than the size limit. No known API sends such an answer. Report which call it was.',
  },
  GATEWAY_REDIRECT: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'The gateway answered with a redirect. catalog-sync follows no redirect, because that could send the token to another host. The call is retried. If the error continues, check ALIBABA_API_URL.',
  },
  GATEWAY_URL_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Use an https address in ALIBABA_API_URL; http is allowed for a gateway on this machine only.',
  },
  GATEWAY_REQUEST_INVALID: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'The request has an id that is not a number. Check the ids in catalog-sync.yaml.',
  },
  GATEWAY_STOPPED: {
    origin: 'operator',
    recovery: 'throttle',
    remedy: 'Nothing: the process was stopping. The next process makes the call.',
  },
  STORED_ANSWER_UNREADABLE: {
    origin: '1688',
    recovery: 'skip',
    remedy:
      'A stored answer can no longer be read and is skipped. `rawId` names its row in raw.payload. Another fetch costs one call.',
  },
  AUTH_TOKEN_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'This API needs an access token: authorise the app with `catalog-sync auth`, or put ALIBABA_ACCESS_TOKEN (self-use apps) into .env.local.',
  },
  AUTH_TOKEN_NOT_REFRESHABLE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      '"Access token invalid": this token has no refresh token, so you must replace it. For a self-use app, copy a new token from the console of 1688 into ALIBABA_ACCESS_TOKEN and start again.',
  },
  AUTH_REFRESH_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      '1688 no longer accepts the refresh token, or the App Secret is wrong. A refresh token expires after about half a year, with the subscription, or when its owner changes the password. Authorise the app again with `catalog-sync auth`.',
  },
  AUTH_REFRESH_UNAVAILABLE: {
    origin: '1688',
    recovery: 'halt',
    remedy:
      "The access token has expired, and 1688's token service did not answer three times in a row. Run `catalog-sync sync` again later. If it lasts, check the network of this machine and ALIBABA_API_URL.",
  },
  AUTH_POSTPONE_REFUSED: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'Nothing at first: the refresh token is still valid, and every refresh tries again to postpone its expiry. If `catalog-sync auth status` shows that it expires soon, run `catalog-sync auth`.',
  },
  AUTH_CODE_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'A code is valid once, for two minutes: run `catalog-sync auth` again. If it is refused again, compare ALIBABA_APP_SECRET and the callback url (ALIBABA_REDIRECT_URI) with the console of 1688.',
  },
  AUTH_CODE_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Run `catalog-sync auth` again and approve the app on the page of 1688. With --paste, paste the whole address that the browser ends at, or the code in it.',
  },
  AUTH_STATE_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'The address does not come from the login that was just started, so its code is not used. Another person may be trying to connect you to their account. Run `catalog-sync auth` again and use the url that it prints, within ten minutes.',
  },
  AUTH_TIMED_OUT: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'No login was completed on the page of 1688 within ten minutes. Run `catalog-sync auth` again. On a machine without a browser, add --paste.',
  },
  AUTH_REFRESH_BUSY: {
    origin: 'operator',
    recovery: 'throttle',
    remedy: 'Nothing: the ledger did not grant the token refresh. catalog-sync retries it.',
  },
  IMAGE_FILE_UNREADABLE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Put the picture at the path that `images:` of catalog-sync.yaml names, relative to the project folder, on every host that runs a worker.',
  },
  IMAGE_FILE_OUTSIDE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'catalog-sync sends only files inside the project folder to 1688, and follows no link that leads out of it. Copy the picture into the project folder.',
  },
  IMAGE_FILE_NOT_PICTURE: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'Save it as a JPEG, PNG, GIF or WebP: the content decides, not the name of the file.',
  },
  IMAGE_FILE_TOO_LARGE: {
    origin: 'operator',
    recovery: 'fail',
    remedy: '1688 accepts pictures of up to 300 KB. Save the picture smaller: 800 pixels a side are enough.',
  },
});
