/** Which of what was given up; null: any. An id is one of its operation. */
export interface GivenUpChoice {
  readonly operation: string | null;
  readonly id: string | null;
}
