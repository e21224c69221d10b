import { describe, expect, test } from 'vitest';
import { productImage } from '../../../../src/web/parts/product-image.ts';

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
