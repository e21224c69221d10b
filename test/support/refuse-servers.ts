import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';

/*
 * A unit test starts no process and opens no connection, nor does what it calls. Here, where it would, it fails: what a
 * test imports says less, for half of the product can start something and seldom does.
 */

const refuse = (what: string) => (): never => {
  throw new Error(`a unit test ${what}: it belongs in test/integration or test/system`);
};

Object.assign(ChildProcess.prototype, { spawn: refuse('starts a process') });
Object.assign(Server.prototype, { listen: refuse('listens') });
Object.assign(Socket.prototype, { connect: refuse('connects') });
