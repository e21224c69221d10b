/** Where the board of the queues is; its own requests are below `api/`. */
export const boardPath = '/queues/board';
