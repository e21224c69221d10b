import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { configKeys, loadConfig, secretKeys, type Environment } from '../../../src/config/environment.ts';
import { isLoopbackUrl } from '../../../src/core/loopback.ts';

const scratch = mkdtempSync(join(tmpdir(), 'catalog-sync-config-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A project folder with the given files. */
function project(files: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

const load = (env: Environment, files: Record<string, string> = {}) =>
  loadConfig({ projectDir: project(files), env });

describe('where values come from', () => {
  test('an empty environment gives the real gateway and level info', () => {
    const config = load({});
    expect(config).toMatchObject({ ALIBABA_API_URL: 'https://gw.open.1688.com/openapi', LOG_LEVEL: 'info' });
    expect(config.envFiles).toEqual([]);
    expect(config.ALIBABA_APP_KEY).toBeUndefined();
  });

  test('.env.local wins over .env, and the environment over both', () => {
    const files = {
      '.env': 'ALIBABA_APP_KEY=1\nLOG_LEVEL=debug\nREDIS_URL=redis://a',
      '.env.local': 'ALIBABA_APP_KEY=2\nLOG_LEVEL=warn',
    };
    const config = load({ LOG_LEVEL: 'error' }, files);
    expect(config).toMatchObject({ ALIBABA_APP_KEY: '2', LOG_LEVEL: 'error' });
    expect(config.REDIS_URL?.reveal()).toBe('redis://a');
    expect(config.envFiles.map((file) => file.split('/').at(-1))).toEqual(['.env.local', '.env']);
  });

  test('without readFiles, env files are not even opened', () => {
    const projectDir = project({ '.env.local': 'LOG_LEVEL=nonsense' });
    expect(loadConfig({ projectDir, env: {}, readFiles: false })).toMatchObject({
      envFiles: [],
      LOG_LEVEL: 'info',
    });
  });

  test('an empty value is no value', () => {
    expect(load({ ALIBABA_APP_KEY: '', DATABASE_URL: '' })).not.toHaveProperty('DATABASE_URL');
  });

  test('an empty value hides no value of a file that comes later', () => {
    const files = { '.env.local': 'ALIBABA_APP_KEY=\nPORT=4001', '.env': 'ALIBABA_APP_KEY=87654321' };
    const { ALIBABA_APP_KEY, PORT } = load({ PORT: '' }, files);
    expect([ALIBABA_APP_KEY, PORT]).toEqual(['87654321', 4001]);
  });

  test('the file that the environment names for a secret wins over the secret in an env file', () => {
    const file = join(project({ secret: 'from-file\n' }), 'secret');
    const { ALIBABA_APP_SECRET } = load(
      { ALIBABA_APP_SECRET_FILE: file },
      { '.env.local': 'ALIBABA_APP_SECRET=older' },
    );
    expect(ALIBABA_APP_SECRET?.reveal()).toBe('from-file');
  });

  test('a secret may live in a file of its own, and the variable itself wins over it', () => {
    const file = join(project({ secret: 'from-file\n' }), 'secret');
    const fromFile = load({ ALIBABA_APP_SECRET_FILE: file });
    const fromBoth = load({ ALIBABA_APP_SECRET_FILE: file, ALIBABA_APP_SECRET: 'from-env' });
    expect(fromFile.ALIBABA_APP_SECRET?.reveal()).toBe('from-file');
    expect(fromBoth.ALIBABA_APP_SECRET?.reveal()).toBe('from-env');
  });

  test.runIf(existsSync('/proc/self/fd'))('a file of a secret is closed again', () => {
    const file = join(project({ secret: 'from-file\n' }), 'secret');
    load({ ALIBABA_APP_SECRET_FILE: file });
    const open = readdirSync('/proc/self/fd').map((descriptor) => {
      try {
        return readlinkSync(join('/proc/self/fd', descriptor));
      } catch {
        // The one that read this folder.
        return null;
      }
    });
    expect(open).not.toContain(file);
  });

  test('env files are read as editors and shells write them', () => {
    const text =
      '\ufeffALIBABA_APP_KEY=7\r\nexport LOG_LEVEL = "warn"  # quoted\r\nREDIS_URL=\'redis://a\'\r\n';
    const config = load({}, { '.env.local': text });
    expect(config).toMatchObject({ ALIBABA_APP_KEY: '7', LOG_LEVEL: 'warn' });
    expect(config.REDIS_URL?.reveal()).toBe('redis://a');
  });

  test('the result is frozen', () => {
    expect(Object.isFrozen(load({}))).toBe(true);
  });
});

describe('bad values', () => {
  const bad = {
    ALIBABA_APP_KEY: '"12345678"',
    ALIBABA_API_URL: 'http://gw.open.1688.com/openapi',
    TOKEN_KEY: 'very-secret-but-short',
    DATABASE_URL: 'mysql://user:very-secret@host/db',
    REDIS_URL: 'not a url, very-secret',
    LOG_LEVEL: 'loud',
    ALIBABA_ACCESS_TOKEN_FILE: '/nowhere/token',
  };

  test('are all named at once', () => {
    const act = () => load(bad);
    for (const key of Object.keys(bad)) expect(act).toThrow(key);
    expect(act).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', recovery: 'halt' }));
  });

  test('are never shown', () => {
    expect(() => load(bad)).not.toThrow(/very-secret|12345678|loud/);
  });

  test.each([
    ['LOG_LEVEL', 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent'],
    ['NOTIFY_FORMAT', 'NOTIFY_FORMAT must be one of generic, slack, dingtalk'],
    ['WEB_REMOTE_IMAGES', 'WEB_REMOTE_IMAGES must be 0 or 1'],
  ])('what %s may be is said', (key, said) => {
    expect(() => load({ [key]: 'loud' })).toThrow(`configuration is not usable: ${said}`);
  });

  test.each(['.env', '.env.local'])('an %s that is a folder is named', (name) => {
    const projectDir = project();
    mkdirSync(join(projectDir, name));
    const act = () => loadConfig({ projectDir, env: {} });
    expect(act).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(act).toThrow(`${name}: EISDIR`);
  });

  test.each([
    ['empty', '/dev/null', /_FILE: the file is empty; write the value into it/],
    ['absent', '/nowhere/key', /_FILE: ENOENT, there is no such file/],
    ['a folder', scratch, /_FILE: EISDIR/],
    ['without an end', '/dev/zero', /_FILE: is too long for a secret/],
  ])('a file of a secret that is %s is named', (_what, file, said) => {
    const act = () => load({ TOKEN_KEY_FILE: file });
    expect(act).toThrow(said);
    expect(act).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test.each(['postgres://u:very-secret%@host/db', 'postgres://%zz:very-secret@host/db', 'redis://:a%@host'])(
    'a url whose user or password is not url-encoded is named: %s',
    (url) => {
      const key = url.startsWith('redis') ? 'REDIS_URL' : 'DATABASE_URL';
      expect(() => load({ [key]: url })).toThrow(key);
      expect(() => load({ [key]: url })).not.toThrow(/very-secret/);
    },
  );

  test.each([
    'http://example.com/openapi',
    'http://localhost@example.com/',
    'http://127.0.0.1:80@example.com/',
    'http://example.com\\@localhost/',
    'http://127.0.0.1\n.example.com/',
    'http://localhost%2eexample.com/',
    'http://localhost./',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:10.0.0.1]/',
    'https://user@gw.open.1688.com/',
    'ftp://127.0.0.1/',
    'https://user:pw@gw.open.1688.com/',
    'https://gw.open.1688.com/?a=1',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'gw.open.1688.com',
  ])('%s is no gateway url', (url) => {
    expect(() => load({ ALIBABA_API_URL: url })).toThrow(/ALIBABA_API_URL/);
  });

  test.each([
    'http://127.0.0.1:8080/openapi',
    'http://localhost:1/',
    'http://[::1]:1/x',
    'https://example.com/openapi/',
  ])('%s is a gateway url, kept without its last slash', (url) => {
    expect(load({ ALIBABA_API_URL: url }).ALIBABA_API_URL).toBe(url.replace(/\/$/, ''));
  });
});

test('a gateway on a network of containers is taken without TLS on demand only, and only by a name that is not public', () => {
  const sandbox = 'http://sandbox:8688/openapi';
  expect(load({ ALIBABA_API_URL: sandbox, ALLOW_UNENCRYPTED: '1' }).ALIBABA_API_URL).toBe(sandbox);
  expect(() => load({ ALIBABA_API_URL: sandbox })).toThrow('ALIBABA_API_URL is another machine without TLS');
  for (const url of ['http://gw.example/openapi', 'http://10.0.0.1/openapi', 'http://[fe80::1]/openapi'])
    expect(() => load({ ALIBABA_API_URL: url, ALLOW_UNENCRYPTED: '1' })).toThrow('must be https');
});

test('only this machine counts as loopback', () => {
  const isLoopback = (url: string) => isLoopbackUrl(new URL(url));
  expect(['http://127.0.0.1', 'http://127.8.8.8', 'http://localhost', 'http://[::1]'].every(isLoopback)).toBe(
    true,
  );
  expect(
    ['http://10.0.0.1', 'http://127.0.0.1.nip.io', 'http://0.0.0.0', 'http://[::2]'].some(isLoopback),
  ).toBe(false);
});

describe('.env.example', () => {
  const lines = readFileSync(resolve(import.meta.dirname, '../../../.env.example'), 'utf8').split('\n');
  const keyOf = (line: string) => /^(?:# )?([A-Z][A-Z_]+)=/.exec(line)?.[1];

  test('has exactly the keys that are read', () => {
    expect(lines.flatMap((line) => keyOf(line) ?? []).toSorted()).toEqual(configKeys.toSorted());
  });

  test('explains every key, and the files of every secret', () => {
    const unexplained = lines.filter((line, index) => {
      const before = lines[index - 1] ?? '';
      return keyOf(line) !== undefined && keyOf(before) === undefined && !before.startsWith('# ');
    });
    expect(unexplained).toEqual([]);
    const [lead] = lines.join('\n').split('\n\n');
    for (const key of secretKeys) expect(lead).toContain(key);
  });

  test('is itself a usable file', () => {
    expect(load({}, { '.env': lines.join('\n') }).envFiles).toHaveLength(1);
  });
});
