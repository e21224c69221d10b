import { expect, test } from 'vitest';
import { isLoopbackUrl, isPrivateUrl } from '../../../src/core/loopback.ts';
import { isMediaUrl } from '../../../src/core/media-host.ts';

test.each([
  ['http://localhost:6379', true, true],
  ['http://127.0.0.1', true, true],
  ['http://127.8.8.8', true, true],
  ['http://[::1]:8080', true, true],
  ['http://127.0.0.1.nip.io', false, false],
  ['http://redis', false, true],
  ['http://db-1', false, true],
  ['http://redis.example', false, false],
  ['http://10.0.0.1', false, false],
])('%s: this machine %s, private %s', (url, isLoopback, isPrivate) => {
  expect([isLoopbackUrl(new URL(url)), isPrivateUrl(new URL(url))]).toEqual([isLoopback, isPrivate]);
});

test.each([
  'https://alicdn.com/a.jpg',
  'https://cbu01.alicdn.com/img/a.jpg',
  'https://tbcdn.cn/a.jpg',
  'https://1688-translate.oss-cn-hangzhou.aliyuncs.com/a.jpg',
])('%s leads to a picture of Alibaba', (url) => {
  expect(isMediaUrl(new URL(url))).toBe(true);
});

test.each([
  'http://cbu01.alicdn.com/a.jpg',
  'https://user@cbu01.alicdn.com/a.jpg',
  'https://:password@cbu01.alicdn.com/a.jpg',
  'https://cbu01.alicdn.com:8443/a.jpg',
  'https://notalicdn.com/a.jpg',
  'https://alicdn.com.evil.example/a.jpg',
  'https://evil.example/cbu01.alicdn.com',
  'https://a1.oss-cn-hangzhou-internal.aliyuncs.com/a.jpg',
  'https://127.0.0.1/a.jpg',
])('%s does not', (url) => {
  expect(isMediaUrl(new URL(url))).toBe(false);
});
