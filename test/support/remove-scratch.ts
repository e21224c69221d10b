import { afterAll } from 'vitest';
import { removeScratchFolder } from './scratch-folder.ts';

// Set up before everything else, so that it runs after the hooks of the test file.
afterAll(removeScratchFolder);
