import fc from 'fast-check';

/*
 * Every property of a run draws from one seed, which the config prints: also a property that ran into a time limit, of
 * which fast-check says nothing, can be repeated.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['TEST_SEED']) });
