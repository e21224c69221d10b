/**
 * Days over which the calls of a month are spread, and by which those of a day are multiplied for one: those of the
 * longest. A volume for 30 days is used up on the 31st.
 */
export const daysPerMonth = 31;
