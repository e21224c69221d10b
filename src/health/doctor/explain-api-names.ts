import { apiOf, endpoints } from '../../extract/endpoints/endpoints.ts';
import { guideNames } from '../../extract/endpoints/guide-names.ts';

/** The real API of a name from a registration guide. */
export interface ApiNameExplanation {
  readonly guideName: string;
  /** `namespace:name:version` that is called instead. */
  readonly api: string;
  readonly explanation: string;
}

/** Every API name of the registration guide, with the one to apply for. */
export function explainApiNames(): ApiNameExplanation[] {
  return Object.entries(guideNames).map(([guideName, { operation, explanation }]) => ({
    guideName,
    api: apiOf(endpoints[operation]),
    explanation,
  }));
}
