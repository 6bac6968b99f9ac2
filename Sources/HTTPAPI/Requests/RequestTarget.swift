import Kernel

/// The path and the query parameters of a request target.
struct RequestTarget: Equatable {
  /// As it was sent.
  let path: String
  let query: String?

  static let mostParameters = 100

  /// `target` is in origin form: the server refuses the others.
  init(_ target: String) {
    let mark = target.firstIndex(of: "?")
    path = String(target[..<(mark ?? target.endIndex)])
    query = mark.map { String(target[target.index(after: $0)...]) }
  }

  /// The parameters in their order, decoded as an HTML form encodes them (`+` is a space). A name that occurs twice is
  /// refused: two readers would pick different ones.
  func parameters() throws(Failure) -> [(name: String, text: String)] {
    var parameters: [(name: String, text: String)] = []
    var names: Set<String> = []
    for pair in (query ?? "").split(separator: "&") {
      let equals = pair.firstIndex(of: "=")
      guard parameters.count < Self.mostParameters, let name = Self.decoded(pair[..<(equals ?? pair.endIndex)]), !name.isEmpty,
        let text = Self.decoded(equals.map { pair[pair.index(after: $0)...] } ?? "")
      else { throw Failure(.malformed, HTTPMessages.badQuery, ["limit": String(Self.mostParameters)]) }
      guard names.insert(name).inserted else { throw Failure(.malformed, HTTPMessages.duplicate, ["name": String(name.prefix(80))]) }
      parameters.append((name, text))
    }
    return parameters
  }

  /// Nil for a broken escape, for what is not UTF-8, and for NUL, which PostgreSQL cannot store.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
