import Kernel
import Operations

/// How a batch looks in the OpenAPI document.
struct BatchDocument {
  let language: Language
  let registry: Registry

  var path: Value {
    .object([
      "post": .object([
        "operationId": .text("batch"), "tags": .array([.text("batch")]), "summary": .text(DocumentTexts.batch.text(language)),
        "description": .text(DocumentTexts.batchRights.text(language)),
        "parameters": .array([
          .object([
            "name": .text("Idempotency-Key"), "in": .text("header"), "required": .bool(true),
            "description": .text(DocumentTexts.batchKey.text(language, ["most": String(Batch.longestKey)])),
            "schema": .object(["type": .text("string"), "pattern": .text("^[!-~]{1,\(Batch.longestKey)}$")]),
          ]),
          OpenAPIWriter.reference("parameters", "AcceptLanguage"),
        ]),
        "requestBody": .object(["required": .bool(true), "content": OpenAPIWriter.json(input)]),
        "responses": .object([Value.Member("200", done)] + problems),
      ])
    ])
  }

  /// What ``BatchInput`` reads, with the operations that it takes by name.
  private var input: Value {
    let schema = JSONSchema(language: language)
    let names = registry.operations.filter(BatchInput.isTaken).map(\.declaration.name)
    let act = Field.oneOf("operation", names, BatchInput.Act.operationField.summary.english, BatchInput.Act.operationField.summary.chinese)
    let acts = schema.record([act, BatchInput.Act.inputField, BatchInput.Act.versionField])
    return .object([
      "type": .text("object"),
      "properties": .object([
        "acts": .object([
          "type": .text("array"), "items": acts, "minItems": .integer(1), "maxItems": .integer(Int64(BatchInput.most)),
          "description": .text(BatchInput.actsField.summary.text(language)),
        ])
      ]),
      "required": .array([.text("acts")]), "additionalProperties": .bool(false),
    ])
  }

  private var done: Value {
    let integer = Value.object(["type": .text("integer")])
    let item = record(BatchAnswer.item.map { Value.Member($0.key, schema(of: $0.key, $0.value)) })
    let items = Value.object(["type": .text("array"), "items": item])
    let answer = record(BatchAnswer.counts.map { Value.Member($0, integer) } + [Value.Member("items", items)])
    return .object([
      "description": .text(DocumentTexts.batchDone.text(language)),
      "headers": .object([
        "X-Request-Id": OpenAPIWriter.reference("headers", "RequestId"), "Retry-After": OpenAPIWriter.reference("headers", "RetryAfter"),
      ]),
      "content": OpenAPIWriter.json(answer),
    ])
  }

  private func record(_ properties: [Value.Member]) -> Value {
    .object([
      "type": .text("object"), "properties": .object(properties), "required": .array(properties.map { .text($0.name) }),
    ])
  }

  /// What an act came to is its value, or the problem.
  private func schema(of name: String, _ type: OutputType) -> Value {
    if name == "problem" { return .object(["anyOf": .array([OpenAPIWriter.reference("schemas", "Problem"), .object(["type": .text("null")])])]) }
    return switch type {
    case .integer: .object(["type": .text("integer")])
    case .boolean: .object(["type": .text("boolean")])
    case .document: .object(["type": .array([.text("object"), .text("null")])])
    default: .object(["type": .text("string")])
    }
  }

  private var problems: [Value.Member] {
    [400, 401, 413, 415, 422, 429, 500, 503].map { Value.Member(String($0), OpenAPIWriter.reference("responses", ProblemSchema.name($0))) }
  }
}
