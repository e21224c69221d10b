import { describe, expect, it } from 'vitest';
import { checkEnvFiles } from '../../../../src/health/doctor/check-env-files.ts';
import { scanEnvFile } from '../../../../src/health/doctor/scan-env-file.ts';
import { findOrigins, findSettings } from '../../../../src/health/doctor/setting-origins.ts';
import { describeUnknownSetting, isSetting } from '../../../../src/health/doctor/unknown-setting.ts';
import { createProject } from '../../../support/in-process.ts';

const quotes = 'has quotes around its value: remove them, because other tools treat them as part of it';
const spaces = 'has spaces around its value';
const comment = 'has a # in its value, which begins a comment: quote it';
const characters = 'has characters in its value that no credential has';
const before = 'has a space before its =';
const mark = 'comes after a byte order mark: save the file as UTF-8 without one';
const placeholder = 'still has the placeholder of the guide';

describe('a line of an env file', () => {
  it.each<[string, string[]]>([
    ['LOG_LEVEL=info', []],
    ['export LOG_LEVEL=info', []],
    ['  LOG_LEVEL=info', []],
    ['LOG_LEVEL="info"', [quotes]],
    ['LOG_LEVEL=`info`', [quotes]],
    [`LOG_LEVEL="info'`, []],
    ['LOG_LEVEL= info', [spaces]],
    ['LOG_LEVEL=info\t', [spaces]],
    ['LOG_LEVEL=" info"', [quotes, spaces]],
    ['LOG_LEVEL=a#b', [comment]],
    ['LOG_LEVEL="a#b"', [quotes]],
    ['LOG_LEVEL=#b', []],
    ['LOG_LEVEL=é', [characters]],
    ['LOG_LEVEL=~ !', []],
    ['LOG_LEVEL =info', [before]],
    ['\ufeffLOG_LEVEL=info', [mark]],
    ['\ufeffOTHER=info', [mark]],
    ['OTHER ="info"', []],
    ['OTHER=12345678', []],
    ['ALIBABA_APP_SECRET_FILE="/x"', [quotes]],
    ['ALIBABA_APP_KEY="12345678"', [quotes, placeholder]],
    ['# LOG_LEVEL="info"', []],
    ['LOG_LEVEL', []],
  ])('%j has these findings: %j', (line, details) => {
    expect(scanEnvFile(line)).toEqual(
      details.map((detail) => ({
        ...{ line: 1, detail, isFatal: detail === placeholder },
        key: /[A-Z_]+/.exec(line)?.[0],
      })),
    );
  });

  it('is counted from 1, whatever ends it', () => {
    expect(scanEnvFile('A=1\r\nLOG_LEVEL="a"\nLOG_LEVEL="b"').map(({ line }) => line)).toEqual([2, 3]);
  });
});

it.each([
  ['ALIBABA_APP_KEY', null],
  ['ALIBABA_APP_SECRET_FILE', null],
  ['ALIBABA_CLOUD_X', null],
  ['OTHER_ALIBABA_APP_KY', null],
  ['ALIBABA_APP_KY', 'is not a setting that is read: did you mean ALIBABA_APP_KEY?'],
])('the name %s: %s', (key, said) => {
  expect(describeUnknownSetting(key)).toBe(said);
});

it('a file stands for a secret only', () => {
  expect(['LOG_LEVEL', 'TOKEN_KEY_FILE', 'LOG_LEVEL_FILE', 'OTHER'].map(isSetting)).toEqual([
    ...[true, true, false, false],
  ]);
});

describe('what is set', () => {
  const dir = createProject({
    '.env.local': 'LOG_LEVEL=warn\nTOKEN_KEY_FILE=/a\nTOKEN_KEY=\n',
    '.env': 'LOG_LEVEL=debug\nALIBABA_APP_KEY=1\nWEB_TOKEN_FILE=/b\nWEB_TOKEN=x\n',
  });

  it('has the first place that gives it a value, and a file only without one', () => {
    expect(Object.fromEntries(findOrigins(dir, { ALIBABA_APP_KEY: '2' }))).toEqual({
      ...{ ALIBABA_APP_KEY: 'the environment', LOG_LEVEL: '.env.local', WEB_TOKEN: '.env' },
      TOKEN_KEY: 'TOKEN_KEY_FILE of .env.local',
    });
  });

  it('has the value of that place', () => {
    const { LOG_LEVEL, ALIBABA_APP_KEY, WEB_TOKEN_FILE } = findSettings(dir, { ALIBABA_APP_KEY: '2' });
    expect([LOG_LEVEL, ALIBABA_APP_KEY, WEB_TOKEN_FILE]).toEqual(['warn', '2', '/b']);
  });

  it('is said to be unused where the environment has another value', () => {
    const messages = checkEnvFiles(dir, { LOG_LEVEL: 'debug', ALIBABA_APP_KEY: '1', OTHER: 'x' })
      .filter(({ advice }) => advice?.startsWith('Unset'))
      .map(({ message }) => message);
    expect(messages).toEqual(['LOG_LEVEL of .env.local is not used: the environment has another value']);
    const other = createProject({ '.env': 'OTHER=1\n' });
    expect(checkEnvFiles(other, { OTHER: '2' }).map(({ message }) => message)).toEqual([
      '.env, first one wins, the environment wins over all',
    ]);
    expect(checkEnvFiles(createProject(), {}).map(({ message }) => message)).toEqual([
      'no .env.local, no .env: only the environment is read',
    ]);
  });
});
