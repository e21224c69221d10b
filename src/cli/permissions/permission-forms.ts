import { chooseEndpoints } from '../../extract/endpoints/endpoints.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { estimateVolumes } from '../format-estimate.ts';
import { formTexts, type FormText } from './form-texts.ts';

/** What to paste into the form of 1688 for one API. */
export interface PermissionForm extends FormText {
  readonly operation: ApiOperation;
  /** `namespace:name:version`. */
  readonly api: string;
  /** As the console lists it. */
  readonly name: string;
  readonly daily: number;
  readonly monthly: number;
  /** 预计调用量 */
  readonly volume: string;
}

/** A form for each API that a sync file needs, with the volumes of `plan --monthly`. */
export function listForms(sync: SyncConfig): PermissionForm[] {
  const endpoints = chooseEndpoints(sync.apis);
  return estimateVolumes(sync)
    .filter(({ firstPass }) => firstPass > 0)
    .map(({ operation, api, daily, monthly }) => ({
      ...{ operation, api, name: endpoints[operation].name, daily, monthly },
      volume: `每日调用量：${String(daily)}次；每月调用量：${String(monthly)}次`,
      ...formTexts[operation],
    }));
}

/** Texts stay on one line, as they are pasted. */
function formatForm({ name, operation, api, reason, volume, scenario }: PermissionForm): string {
  const parts = [
    ['API (API名称)', api],
    ['Reason (申请原因)', reason],
    ['Expected volume (预计调用量)', volume],
    ['Scenario (使用场景)', scenario],
  ] as const;
  return [`${name} (${operation})`, ...parts.flatMap(([label, text]) => [`  ${label}:`, `    ${text}`])].join(
    '\n',
  );
}

/** The forms for people: what each text is in English, the texts as they are pasted. */
export function formatForms(forms: readonly PermissionForm[]): string {
  return forms.map(formatForm).join('\n\n');
}
