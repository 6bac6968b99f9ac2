import HTTPTypes
import Kernel
import Operations

/// A problem document (RFC 9457), and the one place where a failure becomes a status.
struct Problem {
  let status: Int
  let title: Message
  let detail: Message
  let arguments: [String: String]
  var violations: [Failure.Violation] = []
  var retryAfterSeconds: Int?
  /// For 405.
  var allowed: [String] = []

  init(_ failure: Failure) {
    (status, title) = Self.status(of: failure)
    detail = failure.message
    arguments = failure.arguments
    violations = failure.violations
    retryAfterSeconds = failure.retryAfterSeconds
  }

  private init(_ status: Int, _ title: Message, _ detail: Message, _ arguments: [String: String] = [:]) {
    self.status = status
    self.title = title
    self.detail = detail
    self.arguments = arguments
  }

  static let unknownPath = Problem(404, HTTPMessages.notFound, HTTPMessages.unknownPath)
  static let unsupportedMediaType = Problem(415, HTTPMessages.unsupportedMediaType, HTTPMessages.notJSON)

  static let unsupportedFileType = Problem(415, HTTPMessages.unsupportedMediaType, HTTPMessages.neitherJSONNorFile)

  static func wrongMethod(allowed: [String]) -> Problem {
    var problem = Problem(405, HTTPMessages.methodNotAllowed, HTTPMessages.wrongMethod, ["allowed": allowed.joined(separator: ", ")])
    problem.allowed = allowed
    return problem
  }

  /// What the server below refuses before any path is looked at, or says when a defect left a request unanswered.
  init(status: HTTPResponse.Status, _ message: Message) {
    let title =
      switch status.code {
      case 405: HTTPMessages.methodNotAllowed
      case 413: HTTPMessages.contentTooLarge
      case 500...: HTTPMessages.internalError
      default: HTTPMessages.badRequest
      }
    self.init(status.code, title, message)
  }

  private static func status(of failure: Failure) -> (Int, Message) {
    switch failure.kind {
    case .malformed: (400, HTTPMessages.badRequest)
    case .invalid: (422, HTTPMessages.unprocessable)
    case .unauthenticated: (401, HTTPMessages.unauthorized)
    case .denied: (403, HTTPMessages.forbidden)
    case .notFound: (404, HTTPMessages.notFound)
    case .conflict where failure.code == OperationMessages.keyReused.key: (422, HTTPMessages.unprocessable)
    case .conflict: (409, HTTPMessages.conflict)
    case .versionMismatch: (412, HTTPMessages.preconditionFailed)
    case .versionRequired: (428, HTTPMessages.preconditionRequired)
    case .tooLarge: (413, HTTPMessages.contentTooLarge)
    case .limited: (429, HTTPMessages.tooManyRequests)
    case .busy where failure.code == OperationMessages.storageFull.key: (507, HTTPMessages.insufficientStorage)
    case .busy, .outcomeUnknown: (503, HTTPMessages.unavailable)
    case .internal: (500, HTTPMessages.internalError)
    }
  }

  /// The document. It does not repeat the request's path: a foreign id and an unknown one must read the same.
  func document(_ language: Language, correlationId: String) -> Value {
    var members: [Value.Member] = [
      Value.Member("type", .text("about:blank")),
      Value.Member("title", .text(title.text(language))),
      Value.Member("status", .integer(Int64(status))),
      Value.Member("detail", .text(detail.text(language, arguments))),
      Value.Member("code", .text(detail.key)),
      Value.Member("correlationId", .text(correlationId)),
    ]
    if !violations.isEmpty {
      let errors = violations.map { violation -> Value in
        let value = violation.value.map { [Value.Member("value", $0)] } ?? []
        let told = Value.Member("detail", .text(violation.message.text(language, violation.arguments)))
        return Value.object([Value.Member("path", .text(violation.path)), Value.Member("code", .text(violation.message.key))] + value + [told])
      }
      members.append(Value.Member("errors", .array(errors)))
    }
    return .object(members)
  }

  func reply(_ language: Language, correlationId: String) -> Reply {
    var reply = Reply(status, "application/problem+json", JSON.write(document(language, correlationId: correlationId)))
    reply.headers[.contentLanguage] = language.rawValue
    if status == 401 { reply.headers[.wwwAuthenticate] = "Bearer realm=\"steward\"" }
    if let retryAfterSeconds { reply.headers[.retryAfter] = String(max(1, retryAfterSeconds)) }
    if !allowed.isEmpty { reply.headers[.allow] = allowed.joined(separator: ", ") }
    return reply
  }
}
