import childProcess, { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { Server, Socket } from 'node:net';

/*
 * A unit test starts no process and opens no connection, nor does what it calls. Here, where it would, it fails: what a
 * test imports says less, for half of the product can start something and seldom does.
 */

const refuse = (what: string) => (): never => {
  throw new Error(`a unit test ${what}: it belongs in test/integration or test/system`);
};

const starts = refuse('starts a process');
Object.assign(ChildProcess.prototype, { spawn: starts });
Object.assign(childProcess, { spawnSync: starts, execSync: starts, execFileSync: starts });
syncBuiltinESMExports();
Object.assign(Server.prototype, { listen: refuse('listens') });
Object.assign(Socket.prototype, { connect: refuse('connects') });
