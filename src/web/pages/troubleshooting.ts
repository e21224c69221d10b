import { html, type Html } from '../html.ts';
import { prose } from '../parts/prose.ts';

interface Trouble {
  readonly symptom: string;
  readonly advice: readonly string[];
}

/** Problems that registration guides name, with their remedies here. */
const troubles: readonly Trouble[] = [
  {
    symptom: 'Access token invalid',
    advice: [
      'App Key or App Secret differs from the one in the console: copy both again, without spaces around them.',
      'The token expired and could not be renewed: connect again on this page.',
      'A token belongs to one app: after a change of the App Key, connect again.',
    ],
  },
  {
    symptom: 'API permission denied',
    advice: [
      'The API is not granted yet: console, application, API权限. It takes one to three business days, more around Chinese holidays.',
      'Declare the state that the console shows with `catalog-sync permissions set`: catalog-sync then waits without an alert.',
      'The names in guides are not those to apply for: see the table of names on this page.',
    ],
  },
  {
    symptom: 'Signature verification failed',
    advice: [
      'The App Secret is wrong, or has quotes or spaces around it: they become part of the signature.',
      'The secret was reset in the console (重置密钥): put the new one into .env.local and restart.',
      'The clock of this machine is wrong by minutes.',
    ],
  },
  {
    symptom: 'Still seeing mock data',
    advice: [
      'ALIBABA_API_URL is the address of a sandbox: remove it, and calls go to 1688.',
      '.env.local must be in the project folder, and is read only at the start: restart after a change.',
      'A database has data of one source only. Use a separate one for live data: another project folder, or another DATABASE_URL.',
    ],
  },
];

/** Symptoms, each with its remedy. */
export function troubleshooting(): Html {
  return html`<section>
    <h2>When something does not work</h2>
    ${troubles.map(
      ({ symptom, advice }) =>
        html`<details class="card">
          <summary>${symptom}</summary>
          <ul>
            ${advice.map((line) => html`<li>${prose(line)}</li>`)}
          </ul>
        </details>`,
    )}
    <p class="muted">
      1688 helps by phone +86 571-8502-2088 and at api-support@1688.com, 9:00 to 18:00 Beijing time from
      Monday to Friday, and in its forum
      <a href="https://openclub.1688.com" rel="noreferrer noopener">openclub.1688.com</a>, in Chinese.
    </p>
  </section>`;
}
