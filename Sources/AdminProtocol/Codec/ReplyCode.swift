/// What a line of a reply is, by its first digit. The last two digits are those of the HTTP status for the same thing.
package struct ReplyCode: Hashable, Sendable {
  package enum Class: Int, Sendable, CaseIterable {
    case data = 1
    case done, clientError, denied, tryLater, serverError, outcomeUnknown
  }

  package let number: Int
  package let kind: Class

  init(_ kind: Class, _ detail: Int) {
    self.kind = kind
    number = kind.rawValue * 100 + detail
  }

  static let row = ReplyCode(.data, 0)
  static let heading = ReplyCode(.data, 1)
  static let done = ReplyCode(.done, 0)
  static let made = ReplyCode(.done, 1)
  static let repeated = ReplyCode(.done, 2)
}
