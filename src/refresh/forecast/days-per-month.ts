/**
 * Days of the longest month: calls of a month are spread over them, and calls of a day are multiplied by them. A volume for 30 days would
 * be used up on the 31st.
 */
export const daysPerMonth = 31;
