import type { Concern } from './concern.ts';

/** What people were told last of a concern. An event is `lasting` once it was told. */
export type Told = 'lasting' | 'over';

/** A concern as it is kept, with what people know of it. */
export interface KeptConcern extends Concern {
  readonly beganAt: Date;
  /** Null: it lasts. */
  readonly endedAt: Date | null;
  /** Null, as `toldAt`: nothing yet. */
  readonly told: Told | null;
  readonly toldAt: Date | null;
}
