import Kernel
import Operations

/// The parts of an OpenAPI document.
struct OpenAPIWriter {
  let language: Language
  private var schema: JSONSchema { JSONSchema(language: language) }

  init(language: Language) {
    self.language = language
  }

  func operation(_ operation: RegisteredOperation, _ route: Route) -> Value {
    let declaration = operation.declaration
    var members: [Value.Member] = [
      Value.Member("operationId", .text(declaration.name)),
      Value.Member("tags", .array([.text(declaration.noun)])),
      Value.Member("summary", .text(declaration.summary.text(language))),
      Value.Member("description", .text(rights(declaration))),
      Value.Member("parameters", .array(parameters(operation, route))),
    ]
    if route.method.takesBody, !bodyFields(operation, route).isEmpty {
      let isRequired = bodyFields(operation, route).contains(where: \.isRequired)
      var content = Self.json(Self.reference("schemas", Self.inputName(declaration))).members ?? []
      if operation.takesFile { content += Self.file }
      members.append(Value.Member("requestBody", .object(["required": .bool(isRequired), "content": .object(content)])))
    }
    members.append(Value.Member("responses", responses(operation)))
    if case .anonymous = declaration.reach { members.append(Value.Member("security", .array([]))) }
    return .object(members)
  }

  func components(_ registry: Registry) -> Value {
    var schemas: [Value.Member] = [Value.Member("Problem", ProblemSchema.schema)]
    for operation in registry.operations {
      let route = Route(of: operation)
      let fields = bodyFields(operation, route)
      if route.method.takesBody, !fields.isEmpty {
        schemas.append(Value.Member(Self.inputName(operation.declaration), schema.record(fields, isOpen: operation.takesForeignInput)))
      }
      schemas.append(Value.Member(Self.outputName(operation.declaration), .object(schema.output(operation.outputSchema))))
    }
    return .object([
      "securitySchemes": .object([
        "token": .object(["type": .text("http"), "scheme": .text("bearer"), "description": .text(DocumentTexts.token.text(language))])
      ]),
      "schemas": .object(schemas),
      "parameters": .object([
        "AcceptLanguage": header("Accept-Language", DocumentTexts.acceptLanguage),
        "IdempotencyKey": header("Idempotency-Key", DocumentTexts.idempotencyKey, pattern: "^[!-~]{1,128}$"),
        "IfMatch": header("If-Match", DocumentTexts.ifMatch, pattern: "^([*]|\(Self.versionPattern))$"),
        // `*` names no version.
        "IfMatchRequired": header("If-Match", DocumentTexts.ifMatch, pattern: "^\(Self.versionPattern)$", isRequired: true),
      ]),
      "headers": .object(ProblemSchema.headers(language)),
      "responses": .object(ProblemSchema.responses(language)),
    ])
  }

  private func rights(_ declaration: Declaration) -> String {
    if case .anonymous = declaration.reach { return DocumentTexts.needsNothing.text(language) }
    return DocumentTexts.needs.text(language, ["permission": declaration.permission])
  }

  /// What of the input stands in the body; the id stands in the path.
  private func bodyFields(_ operation: RegisteredOperation, _ route: Route) -> [any InputField] {
    operation.inputFields.filter { $0.name != "id" }
  }

  private func parameters(_ operation: RegisteredOperation, _ route: Route) -> [Value] {
    let declaration = operation.declaration
    var parameters: [Value] = []
    if let id = operation.inputFields.first(where: { $0.name == "id" }) {
      parameters.append(
        .object([
          "name": .text("id"), "in": .text("path"), "required": .bool(true), "description": .text(DocumentTexts.pathId.text(language)),
          "schema": .object(schema.type(id.type)),
        ]))
    }
    if !route.method.takesBody {
      parameters += bodyFields(operation, route).map { query($0) }
    } else if operation.takesFile {
      // Where the body is the file, the rest of the input stands in the query.
      parameters += bodyFields(operation, route).filter { !$0.isKeptElsewhere }.map { query($0, isRequired: false) }
    }
    if declaration.effect.writes { parameters.append(Self.reference("parameters", "IdempotencyKey")) }
    if declaration.requiresVersion {
      parameters.append(Self.reference("parameters", "IfMatchRequired"))
    } else if declaration.effect == .change || declaration.effect == .delete || declaration.replacesByVersion {
      parameters.append(Self.reference("parameters", "IfMatch"))
    }
    return parameters + [Self.reference("parameters", "AcceptLanguage")]
  }

  func query(_ field: any InputField, isRequired: Bool? = nil) -> Value {
    var members: [Value.Member] = [
      Value.Member("name", .text(field.name)), Value.Member("in", .text("query")), Value.Member("required", .bool(isRequired ?? field.isRequired)),
      Value.Member("description", .text(field.summary.text(language))),
    ]
    let type = Value.object(schema.type(field.type))
    switch field.type {
    case .list(let element, _) where !element.isComposite:
      members += [Value.Member("style", .text("form")), Value.Member("explode", .bool(false)), Value.Member("schema", type)]
    case .list, .object, .document: members.append(Value.Member("content", Self.json(type)))
    default: members.append(Value.Member("schema", type))
    }
    return .object(members)
  }

  private func responses(_ operation: RegisteredOperation) -> Value {
    let declaration = operation.declaration
    let isCreated = declaration.effect == .create
    var headers = [Value.Member("X-Request-Id", Self.reference("headers", "RequestId"))]
    if case .object(let fields) = operation.outputSchema {
      if fields.contains(where: { $0.name == "version" }) { headers.append(Value.Member("ETag", Self.reference("headers", "ETag"))) }
      if isCreated, fields.contains(where: { $0.name == "id" }) { headers.append(Value.Member("Location", Self.reference("headers", "Location"))) }
    }
    if declaration.effect.writes { headers.append(Value.Member("Idempotency-Replayed", Self.reference("headers", "IdempotencyReplayed"))) }
    let done = Value.object([
      "description": .text((declaration.answersLater ? DocumentTexts.taken : isCreated ? DocumentTexts.created : DocumentTexts.good).text(language)),
      "headers": .object(headers),
      "content": .object((operation.givesFile ? Self.file : []) + (Self.json(Self.reference("schemas", Self.outputName(declaration))).members ?? [])),
    ])
    let problems = ProblemSchema.statuses(of: operation).map { Value.Member(String($0), Self.reference("responses", ProblemSchema.name($0))) }
    return .object([Value.Member(String(declaration.successStatus), done)] + problems)
  }

  private func header(_ name: String, _ description: Message, pattern: String? = nil, isRequired: Bool = false) -> Value {
    var schema: [Value.Member] = [Value.Member("type", .text("string"))]
    if let pattern { schema.append(Value.Member("pattern", .text(pattern))) }
    return .object([
      "name": .text(name), "in": .text("header"), "required": .bool(isRequired), "description": .text(description.text(language)),
      "schema": .object(schema),
    ])
  }

  /// What ``RequestHeaders/expectedVersion()`` reads, but for numbers that no version ever reaches.
  private static let versionPattern = "(W/)?\"[0-9]{1,18}\""

  /// A file as it is.
  private static let file = [
    Value.Member(RequestHeaders.fileType, .object(["schema": .object(["type": .text("string"), "format": .text("binary")])]))
  ]

  static func json(_ schema: Value) -> Value { .object(["application/json": .object(["schema": schema])]) }

  static func reference(_ kind: String, _ name: String) -> Value { .object(["$ref": .text("#/components/\(kind)/\(name)")]) }

  private static func inputName(_ declaration: Declaration) -> String { typeName(declaration) + "Input" }
  private static func outputName(_ declaration: Declaration) -> String { typeName(declaration) + "Output" }

  /// `sla_definition.add_version` -> `SlaDefinitionAddVersion`.
  private static func typeName(_ declaration: Declaration) -> String {
    declaration.name.split { $0 == "." || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
