import { describe, expect, test } from 'vitest';
import { productImage } from '../../../../src/web/parts/product-image.ts';
import type { ImageSource } from '../../../../src/web/web-deps.ts';

const shown = (url: string) => productImage({ kind: 'remote' }, url, '').toString();

describe('a picture of an offer', () => {
  test.each([
    'https://cbu01.alicdn.com/img/ibank/1.jpg',
    'https://img.china.alibaba.com/img/ibank/1.jpg',
    'https://pic-trans.oss-cn-hangzhou.aliyuncs.com/1.jpg',
  ])('%s is shown', (url) => {
    expect(shown(url)).toContain(`src="${url}"`);
  });

  test.each([
    'http://cbu01.alicdn.com/1.jpg',
    'https://alicdn.com.evil.example/1.jpg',
    'https://notalicdn.com/1.jpg',
    'https://pic.oss-cn-hangzhou.aliyuncs.com.evil.example/1.jpg',
    'https://pic.oss-cn-hangzhou-internal.aliyuncs.com/1.jpg',
    'https://user@cbu01.alicdn.com/1.jpg',
    'https://cbu01.alicdn.com:8443/1.jpg',
    'https://127.0.0.1/1.jpg',
    'https://[::1]/1.jpg',
    'https://169.254.169.254/latest/meta-data',
    'javascript:alert(1)',
  ])('%s is not', (url) => {
    expect(shown(url)).toContain('no picture');
    expect(shown(url)).not.toContain('src=');
  });
});

describe('where a picture comes from', () => {
  const path = 'https://cbu01.alicdn.com/img/ibank/1.jpg';
  const other = 'https://cbu01.alicdn.com/other/1.jpg';
  const of = (source: ImageSource, url: string | null, alt = '') => String(productImage(source, url, alt));
  const sandbox: ImageSource = { kind: 'sandbox', origin: 'http://127.0.0.1:1' };

  test('a sandbox draws those of its folder, by way of us', () => {
    expect(of(sandbox, path, 'Picture 1')).toContain('<img src="/picture/img/ibank/1.jpg" alt="Picture 1"');
    expect(of(sandbox, other)).toContain('no picture');
    expect(of(sandbox, 'img/ibank/1.jpg')).toContain('src="/picture/img/ibank/1.jpg"');
  });

  test('live ones are shown from where they are, or only linked', () => {
    expect(of({ kind: 'remote' }, other)).toContain(`src="${other}"`);
    expect(of({ kind: 'link' }, other)).toContain(`href="${other}"`);
    expect(of({ kind: 'link' }, other)).not.toContain('<img');
  });

  test('none is none, and neither is what is no address', () => {
    for (const url of [null, 'http://[', 'https://'])
      expect(of({ kind: 'remote' }, url)).toContain('no picture');
  });
});
