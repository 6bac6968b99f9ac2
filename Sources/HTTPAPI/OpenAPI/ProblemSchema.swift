import Kernel
import Operations

/// How problems look in the document.
enum ProblemSchema {
  private static let titles: [(status: Int, title: Message)] = [
    (400, HTTPMessages.badRequest), (401, HTTPMessages.unauthorized), (403, HTTPMessages.forbidden), (404, HTTPMessages.notFound),
    (409, HTTPMessages.conflict), (412, HTTPMessages.preconditionFailed), (413, HTTPMessages.contentTooLarge),
    (415, HTTPMessages.unsupportedMediaType), (422, HTTPMessages.unprocessable), (428, HTTPMessages.preconditionRequired),
    (429, HTTPMessages.tooManyRequests), (500, HTTPMessages.internalError), (503, HTTPMessages.unavailable), (507, HTTPMessages.insufficientStorage),
  ]

  static func name(_ status: Int) -> String { "Problem\(status)" }

  /// Every problem that the operation's answer can be.
  static func statuses(of operation: RegisteredOperation) -> [Int] {
    let declaration = operation.declaration
    let isAnonymous = if case .anonymous = declaration.reach { true } else { false }
    return titles.map(\.status).filter { status in
      switch status {
      // A wrong password or one-time token is answered like a wrong token.
      case 401: !isAnonymous || declaration.effect.writes
      case 403: !isAnonymous
      case 409: declaration.effect.writes || operation.givesFile
      case 507: declaration.effect.writes
      case 412: declaration.effect == .change || declaration.effect == .delete || declaration.requiresVersion || declaration.replacesByVersion
      case 413, 415: Route(of: operation).method.takesBody
      case 428: declaration.requiresVersion || declaration.replacesByVersion
      default: true
      }
    }
  }

  static func responses(_ language: Language) -> [Value.Member] {
    titles.map { status, title in
      var headers: [Value.Member] = [Value.Member("X-Request-Id", OpenAPIWriter.reference("headers", "RequestId"))]
      if status == 429 || status == 503 || status == 507 { headers.append(Value.Member("Retry-After", OpenAPIWriter.reference("headers", "RetryAfter"))) }
      return Value.Member(
        name(status),
        .object([
          "description": .text(title.text(language)), "headers": .object(headers),
          "content": .object(["application/problem+json": .object(["schema": OpenAPIWriter.reference("schemas", "Problem")])]),
        ]))
    }
  }

  static func headers(_ language: Language) -> [Value.Member] {
    let texts: [(String, Message, String)] = [
      ("ETag", DocumentTexts.eTag, "string"), ("Location", DocumentTexts.location, "string"),
      ("IdempotencyReplayed", DocumentTexts.replayed, "string"), ("RequestId", DocumentTexts.requestId, "string"),
      ("RetryAfter", DocumentTexts.retryAfter, "integer"),
    ]
    return texts.map { name, description, type in
      Value.Member(name, .object(["description": .text(description.text(language)), "schema": .object(["type": .text(type)])]))
    }
  }

  /// What ``Problem`` writes.
  static let schema: Value = .object([
    "type": .text("object"),
    "properties": .object([
      "type": text, "title": text, "status": .object(["type": .text("integer")]), "detail": text, "code": text, "correlationId": text,
      "errors": .object([
        "type": .text("array"),
        "items": .object([
          "type": .text("object"), "properties": .object(["path": text, "code": text, "value": scalar, "detail": text]),
          "required": .array(["path", "code", "detail"].map { .text($0) }),
        ]),
      ]),
    ]),
    "required": .array(["type", "title", "status", "detail", "code", "correlationId"].map { .text($0) }),
  ])

  private static let text = Value.object(["type": .text("string")])
  private static let scalar = Value.object(["type": .array([.text("string"), .text("number"), .text("boolean")])])
}
