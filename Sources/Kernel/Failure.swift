/// What went wrong, as the caller may know it. The one taxonomy of Steward: each edge maps ``Kind`` in exactly one
/// place (HTTP status, admin reply code, exit code). The message's key is the stable code; `debug` is for the log only.
package struct Failure: Error, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// The request cannot be read at all (syntax, framing).
    case malformed
    /// The request reads well but a field does not hold what it must; `violations` says which.
    case invalid
    case unauthenticated
    case denied
    /// Unknown, or another tenant's: the two are never told apart.
    case notFound
    /// The state of the thing does not allow it.
    case conflict
    /// `expectedVersion` is not the version there is.
    case versionMismatch
    /// A change needs `expectedVersion` and has none.
    case versionRequired
    case tooLarge
    /// Too many requests; `retryAfterSeconds` says when to try again.
    case limited
    /// Not now: no connection, no slot, shutting down. Nothing was done; the same request may be repeated.
    case busy
    /// The commit's outcome is unknown. The same request with the same idempotency key tells, and does it at most once.
    case outcomeUnknown
    /// A defect, or a fault of the machine.
    case `internal`
  }

  /// What is wrong with one field of the input.
  package struct Violation: Sendable, Equatable {
    /// The field's path: `targets[2].budgetSeconds`. Empty for the input as a whole.
    package let path: String
    package let message: Message
    package let arguments: [String: String]
    /// What the input holds there, where it may be repeated: never a secret.
    package let value: Value?

    package init(path: String, _ message: Message, _ arguments: [String: String] = [:], value: Value? = nil) {
      self.path = path
      self.message = message
      self.arguments = arguments
      self.value = value
    }

    package static func == (left: Violation, right: Violation) -> Bool {
      left.path == right.path && left.message.key == right.message.key && left.arguments == right.arguments
    }
  }

  package let kind: Kind
  package let message: Message
  package let arguments: [String: String]
  package let violations: [Violation]
  package let retryAfterSeconds: Int?
  /// For the operator's log; never shown to a caller. Holds no bind values.
  package let debug: String?

  package init(
    _ kind: Kind, _ message: Message, _ arguments: [String: String] = [:], violations: [Violation] = [],
    retryAfterSeconds: Int? = nil, debug: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.arguments = arguments
    self.violations = violations
    self.retryAfterSeconds = retryAfterSeconds
    self.debug = debug
  }

  /// An input with one wrong field.
  package static func invalid(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) -> Failure {
    Failure(.invalid, KernelMessages.invalidInput, violations: [Violation(path: path, message, arguments)])
  }

  /// The one answer for an unknown id, another tenant's id, and an unknown handle.
  package static var notFound: Failure { Failure(.notFound, KernelMessages.notFound) }

  package var code: String { message.key }

  package func text(_ language: Language) -> String { message.text(language, arguments) }

  package var description: String { "\(kind.rawValue) \(code): \(text(.english))" + (debug.map { " [\($0)]" } ?? "") }
}

package enum KernelMessages: MessageCatalog {
  package static let invalidInput = Message("input.invalid", "Some fields do not hold what they must.", zh: "部分字段的内容不符合要求。")
  package static let notFound = Message("not_found", "There is no such thing, or you may not see it.", zh: "对象不存在，或您无权查看。")
  package static let badJSON = Message("input.not_json", "The body is not valid JSON: {reason} (byte {offset}).", zh: "请求正文不是有效的 JSON：{reason}（第 {offset} 字节）。")
  package static let badCursor = Message(
    "input.bad_cursor", "This cursor is not one that this listing gave out. Start again without it.", zh: "该游标不是此列表发出的。请去掉游标重新开始。")

  package static let all = [invalidInput, notFound, badJSON, badCursor]
}
