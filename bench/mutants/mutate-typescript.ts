import ts from 'typescript';
import type { Change, Operator } from './mutant.ts';

type Emit = (node: ts.Node, operator: Operator, to: string) => void;

/** What stands for each operator, and what kind of bug that is. */
const operators: ReadonlyMap<ts.SyntaxKind, readonly [Operator, string]> = new Map([
  [ts.SyntaxKind.LessThanToken, ['boundary', '<=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['boundary', '<']],
  [ts.SyntaxKind.GreaterThanToken, ['boundary', '>=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['boundary', '>']],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['equality', '!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['equality', '===']],
  [ts.SyntaxKind.AmpersandAmpersandToken, ['logic', '||']],
  [ts.SyntaxKind.BarBarToken, ['logic', '&&']],
  [ts.SyntaxKind.PlusToken, ['arithmetic', '-']],
  [ts.SyntaxKind.MinusToken, ['arithmetic', '+']],
  [ts.SyntaxKind.AsteriskToken, ['arithmetic', '/']],
  [ts.SyntaxKind.SlashToken, ['arithmetic', '*']],
  [ts.SyntaxKind.PercentToken, ['arithmetic', '*']],
  [ts.SyntaxKind.PlusEqualsToken, ['arithmetic', '-=']],
  [ts.SyntaxKind.MinusEqualsToken, ['arithmetic', '+=']],
]);

const methods: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};

/** Another value of the same type; null: none that says anything. */
function otherConstant(node: ts.Expression): string | null {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return 'false';
  if (node.kind === ts.SyntaxKind.FalseKeyword) return 'true';
  if (ts.isNumericLiteral(node)) return String(Number(node.text.replaceAll('_', '')) + 1);
  if (ts.isStringLiteral(node)) return node.text === '' ? `'x'` : `''`;
  return null;
}

function emitConstant(node: ts.Expression | undefined, operator: Operator, emit: Emit): void {
  const to = node && otherConstant(node);
  if (node && to) emit(node, operator, to);
}

const isText = (node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateExpression(node) ||
  (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)));

function mutateBinary(node: ts.BinaryExpression, emit: Emit): void {
  const { left, operatorToken, right } = node;
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) emitConstant(right, 'default', emit);
  const found = operators.get(operatorToken.kind);
  if (found === undefined || isText(left) || isText(right)) return;
  emit(operatorToken, ...found);
}

const sayNothing = new Set(['trace', 'debug', 'info', 'warn', 'error']);

/** A line of the log: no test is asked to know it. */
function isLogLine(node: ts.Expression): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  return sayNothing.has(node.expression.name.text);
}

function mutateStatement({ expression }: ts.ExpressionStatement, node: ts.Node, emit: Emit): void {
  if (isLogLine(expression) || ts.isStringLiteral(expression)) return;
  if (ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword) return;
  emit(node, 'dropped statement', ';');
  if (ts.isAwaitExpression(expression))
    emit(expression, 'dropped await', `void ${expression.expression.getText()}`);
}

function mutateCall(node: ts.CallExpression, emit: Emit): void {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression)) return;
  const to = Object.hasOwn(methods, expression.name.text) ? methods[expression.name.text] : undefined;
  if (to !== undefined) emit(expression.name, 'function', to);
  const [first] = node.arguments;
  if (expression.name.text === 'at' && first) emit(first, 'access', first.getText() === '0' ? '-1' : '0');
}

function mutateCondition(node: ts.Expression, emit: Emit): void {
  emit(node, 'condition', 'true');
  emit(node, 'condition', 'false');
}

function mutateNode(node: ts.Node, emit: Emit): void {
  if (ts.isIfStatement(node)) mutateCondition(node.expression, emit);
  else if (ts.isConditionalExpression(node)) mutateCondition(node.condition, emit);
  else if (ts.isBinaryExpression(node)) mutateBinary(node, emit);
  else if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.ExclamationToken) emit(node, 'negation', node.operand.getText());
  } else if (ts.isReturnStatement(node)) emitConstant(node.expression, 'constant', emit);
  else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) emitConstant(node.body, 'constant', emit);
  else if (ts.isParameter(node) || ts.isBindingElement(node)) emitConstant(node.initializer, 'default', emit);
  else if (ts.isExpressionStatement(node)) mutateStatement(node, node, emit);
  else if (ts.isThrowStatement(node)) emit(node, 'dropped statement', ';');
  else if (ts.isCallExpression(node)) mutateCall(node, emit);
  else if (ts.isElementAccessExpression(node)) {
    if (ts.isNumericLiteral(node.argumentExpression)) emitConstant(node.argumentExpression, 'access', emit);
  }
  if (ts.isPropertyAccessExpression(node) && node.questionDotToken)
    emit(node.questionDotToken, 'access', '.');
}

/** Every bug of one TypeScript file that its operators know, in the order of the text. Types and imports have none. */
export function mutateTypeScript(file: string, text: string): Change[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const changes: Change[] = [];
  const emit: Emit = (node, operator, to) => {
    changes.push({ start: node.getStart(source), end: node.getEnd(), operator, to });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    mutateNode(node, emit);
    if (ts.isExpressionStatement(node) && isLogLine(node.expression)) return;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return changes.toSorted((a, b) => a.start - b.start);
}
