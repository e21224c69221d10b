import type { NonEmpty } from './draw.ts';

/** A Chinese word and its English counterpart. */
export interface Term {
  readonly zh: string;
  readonly en: string;
}

export interface RootTerm extends Term {
  /** Names for the level below; at least one. */
  readonly parts: NonEmpty<Term>;
}

function term(text: string): Term {
  const [zh = text, en = text] = text.split(':');
  return { zh, en };
}

function terms(text: string): NonEmpty<Term> {
  const [first = '', ...rest] = text.split(' ');
  return [term(first.replaceAll('_', ' ')), ...rest.map((item) => term(item.replaceAll('_', ' ')))];
}

function root(text: string): RootTerm {
  const [name = '', parts = ''] = text.split(' > ');
  return { ...term(name), parts: terms(parts) };
}

/** The first level of the tree, in 1688's manner; a small world uses the first ones. */
export const rootTerms: NonEmpty<RootTerm> = [
  root(
    '女装:Women clothing > 连衣裙:dress 女式T恤:women_T-shirt 女式衬衫:blouse 半身裙:skirt 女式外套:women_coat',
  ),
  root('家居用品:Household goods > 收纳盒:storage_box 保温杯:thermos_cup 雨伞:umbrella 拖把:mop 衣架:hanger'),
  root('鞋:Shoes > 女鞋:women_shoes 运动鞋:sneakers 拖鞋:slippers 童鞋:kids_shoes 雨鞋:rain_boots'),
  root('玩具:Toys > 积木:building_blocks 毛绒玩具:plush_toy 遥控车:RC_car 拼图:puzzle 泡泡机:bubble_machine'),
  root(
    '数码配件:Digital accessories > 手机壳:phone_case 数据线:data_cable 充电器:charger 耳机:earphones 支架:stand',
  ),
  root('箱包皮具:Bags > 双肩包:backpack 行李箱:suitcase 钱包:wallet 手提包:handbag 腰包:waist_bag'),
  root('男装:Men clothing > 男式T恤:men_T-shirt 男式衬衫:men_shirt 牛仔裤:jeans 夹克:jacket 西装:suit'),
  root('饰品:Fashion jewelry > 项链:necklace 耳环:earrings 手链:bracelet 发夹:hair_clip 戒指:ring'),
  root(
    '宠物用品:Pet supplies > 猫砂盆:litter_box 宠物窝:pet_bed 牵引绳:leash 宠物玩具:pet_toy 食盆:food_bowl',
  ),
  root('内衣:Underwear > 文胸:bra 袜子:socks 睡衣:pajamas 内裤:briefs 家居服:loungewear'),
  root(
    '运动户外:Sports and outdoors > 瑜伽垫:yoga_mat 帐篷:tent 登山杖:trekking_pole 骑行手套:cycling_gloves',
  ),
  root('母婴用品:Mother and baby > 奶瓶:baby_bottle 围嘴:bib 婴儿推车:stroller 爬行垫:play_mat'),
  root('美妆日化:Beauty > 化妆刷:makeup_brush 口红:lipstick 面膜:face_mask 洗发水:shampoo'),
  root('家纺家饰:Home textiles > 四件套:bedding_set 窗帘:curtain 抱枕:cushion 地毯:carpet 毛巾:towel'),
  root('灯饰照明:Lighting > 台灯:desk_lamp 灯带:LED_strip 吊灯:pendant_lamp 小夜灯:night_light'),
  root('五金工具:Hardware tools > 螺丝刀:screwdriver 扳手:wrench 电钻:drill 卷尺:tape_measure'),
  root('办公文教:Office and school > 笔记本:notebook 中性笔:gel_pen 文件夹:folder 书包:school_bag'),
  root('汽车用品:Car accessories > 座垫:seat_cover 车载支架:car_mount 遮阳挡:sunshade 脚垫:floor_mat'),
  root('家用电器:Home appliances > 电风扇:fan 加湿器:humidifier 榨汁机:juicer 吹风机:hair_dryer'),
  root('餐饮厨具:Kitchenware > 炒锅:wok 刀具:knives 保鲜盒:food_container 餐具:tableware'),
  root('童装:Kids clothing > 童裙:girls_dress 童T恤:kids_T-shirt 连体衣:romper 校服:school_uniform'),
  root('工艺品:Crafts > 摆件:ornament 风铃:wind_chime 香薰:aroma_diffuser 相框:photo_frame'),
  root('包装:Packaging > 纸箱:carton 快递袋:mailer_bag 礼品盒:gift_box 胶带:adhesive_tape'),
  root('电脑办公:Computer > 键盘:keyboard 鼠标:mouse U盘:USB_drive 散热器:laptop_cooler'),
  root('节庆用品:Festive supplies > 气球:balloon 灯笼:lantern 圣诞装饰:Christmas_decoration'),
  root('园艺用品:Garden > 花盆:flower_pot 喷壶:watering_can 营养土:potting_soil'),
  root('食品酒水:Food and drinks > 坚果:nuts 茶叶:tea 零食:snacks'),
  root('纺织皮革:Textiles and leather > 面料:fabric 花边:lace 皮革:leather'),
  root('橡塑:Rubber and plastics > 塑料粒子:plastic_pellets 密封圈:seal_ring 软管:hose'),
  root('电子元器件:Electronic components > 电容:capacitor 连接器:connector 传感器:sensor'),
  root('电工电气:Electrical > 插座:socket 开关:switch 断路器:circuit_breaker'),
  root('机械设备:Machinery > 封口机:sealing_machine 打包机:strapping_machine 水泵:water_pump'),
  root('安全防护:Safety > 劳保手套:work_gloves 安全帽:helmet 护目镜:goggles'),
  root('个护健康:Personal care > 按摩仪:massager 牙刷:toothbrush 剃须刀:shaver'),
  root('钟表眼镜:Watches and eyewear > 手表:watch 太阳镜:sunglasses 老花镜:reading_glasses'),
  root('家具:Furniture > 折叠桌:folding_table 鞋架:shoe_rack 办公椅:office_chair'),
  root('建材:Building materials > 墙纸:wallpaper 水龙头:faucet 门锁:door_lock'),
  root('印刷:Printing > 不干胶:stickers 画册:brochure 吊牌:hang_tag'),
  root('仪器仪表:Instruments > 温度计:thermometer 电子秤:scale 万用表:multimeter'),
  root('化工:Chemicals > 胶水:glue 涂料:paint 清洁剂:cleaner'),
  root('乐器:Musical instruments > 吉他:guitar 口琴:harmonica 尤克里里:ukulele'),
  root('户外家具:Outdoor furniture > 吊床:hammock 折叠椅:camp_chair 遮阳伞:parasol'),
  root('服饰配件:Clothing accessories > 帽子:hat 围巾:scarf 皮带:belt'),
  root('婚庆用品:Wedding supplies > 喜糖盒:candy_box 请柬:invitation 头纱:veil'),
  root('酒店用品:Hotel supplies > 一次性拖鞋:disposable_slippers 浴袍:bathrobe 托盘:tray'),
  root('电动车配件:E-bike parts > 车灯:bike_light 雨披:rain_cape 挡风被:wind_cover'),
  root('加工定制:Custom processing > 注塑加工:injection_moulding 服装代工:garment_OEM'),
  root('项目合作:Project cooperation > 展会合作:exhibitions 渠道合作:channel_partners'),
  root('代理加盟:Agency > 品牌代理:brand_agency 区域加盟:regional_franchise'),
  root('库存:Stock clearance > 库存服装:stock_clothing 库存玩具:stock_toys'),
];

/** Put before a second-level name to make a third-level one. */
export const kindTerms = terms(
  '夏季:summer 冬季:winter 儿童:children 学生:student 加厚:thick 轻便:lightweight 可折叠:foldable 迷你:mini ' +
    '大号:large 复古:retro 简约:minimalist 卡通:cartoon 商务:business 户外:outdoor 家用:household 车载:car',
);

export const styleTerms = terms(
  '新款:New 韩版:Korean_style 欧美:European 日系:Japanese_style 网红:Trending 爆款:Best-selling 国潮:China-chic ' +
    '法式:French_style 潮流:Fashionable 经典:Classic 创意:Creative 高级感:Premium',
);

export const materialTerms = terms(
  '纯棉:cotton 硅胶:silicone 不锈钢:stainless_steel 涤纶:polyester ABS:ABS 实木:wooden 牛皮:cowhide ' +
    '帆布:canvas 亚克力:acrylic 玻璃:glass 合金:alloy PU:PU',
);

export const pitchTerms = terms(
  '厂家直销:factory_direct 批发:wholesale 跨境专供:for_cross-border_trade 一件代发:dropshipping 现货:in_stock ' +
    '可定制logo:custom_logo 外贸:export 工厂直供:factory_supply',
);

export const colorTerms = terms(
  '黑色:Black 白色:White 红色:Red 蓝色:Blue 粉色:Pink 绿色:Green 灰色:Gray 米色:Beige 黄色:Yellow 紫色:Purple',
);

export const sizeTerms = terms('S:S M:M L:L XL:XL 2XL:2XL 均码:One_size 小号:Small 中号:Medium 大号:Large');

export const unitTerms = terms('件:Piece 个:Piece 双:Pair 套:Set 盒:Box 条:Strip 只:Piece 包:Pack');

export const seasonTerms = terms('春季:Spring 夏季:Summer 秋季:Autumn 冬季:Winter');

/** Where sellers are: province and city. */
export const places: NonEmpty<readonly [string, string]> = [
  ['浙江省', '义乌市'],
  ['浙江省', '杭州市'],
  ['浙江省', '宁波市'],
  ['广东省', '广州市'],
  ['广东省', '深圳市'],
  ['广东省', '汕头市'],
  ['福建省', '泉州市'],
  ['江苏省', '苏州市'],
  ['山东省', '青岛市'],
  ['河北省', '保定市'],
];

export const firmNames = terms(
  '锦程 华瑞 优品 鑫源 恒达 盛世 博雅 天宇 嘉禾 远航 美佳 瑞丰 宏图 卓越 金桥 万顺',
);

export const firmTrades = terms('贸易 电子商务 日用品 服饰 工艺品 科技 实业 进出口');
