import HTTPTypes
import NIOHTTP1

/// What the parser lets through although two readers could understand it in two ways, or that none of our routes has a
/// use for. A request is refused, never repaired.
enum RequestFraming {
  enum Body: Equatable {
    case none
    case length(Int)
    case chunked
  }

  /// The form of the body, or the refusal.
  static func check(_ head: HTTPRequestHead, limits: WebLimits) -> Result<Body, Refusal> {
    let isHTTP10 = head.version == .http1_0
    guard isHTTP10 || head.version == .http1_1 else { return .failure(.malformed) }
    guard head.method != .CONNECT else { return .failure(.methodUnknown) }
    let target = head.uri.utf8
    guard target.count <= limits.targetBytes else { return .failure(.targetTooLong) }
    // The origin form only. The absolute form is for proxies, and a place where parsers differ.
    guard target.first == UInt8(ascii: "/") || (head.uri == "*" && head.method == .OPTIONS), target.allSatisfy({ (0x21...0x7e).contains($0) }),
      !target.contains(UInt8(ascii: "#"))
    else { return .failure(.malformed) }
    guard head.headers.count <= limits.headerCount else { return .failure(.headerTooLarge) }
    let hosts = head.headers["host"]
    guard hosts.count == 1 || (hosts.isEmpty && isHTTP10), hosts.allSatisfy({ isHost($0) }) else { return .failure(.malformed) }
    for field in head.headers {
      guard HTTPField.Name(field.name) != nil, isValue(field.value) else { return .failure(.malformed) }
    }
    if let expectation = head.headers.first(name: "expect"), expectation.lowercased() != "100-continue" || isHTTP10 {
      return .failure(.expectationUnknown)
    }
    return body(head, isHTTP10: isHTTP10, limits: limits)
  }

  /// Blanks behind a value are none of it (RFC 9112, section 5); who reads the fields does without them. What frames the message has none.
  private static func isValue(_ text: String) -> Bool {
    let blanks = text.utf8.reversed().prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    return HTTPField.isValidValue(text.utf8.dropLast(blanks))
  }

  private static func body(_ head: HTTPRequestHead, isHTTP10: Bool, limits: WebLimits) -> Result<Body, Refusal> {
    let codings = head.headers["transfer-encoding"]
    let lengths = head.headers["content-length"]
    switch (codings.count, lengths.count) {
    case (0, 0): return .success(.none)
    case (1, 0) where codings.first?.lowercased() == "chunked" && !isHTTP10: return .success(.chunked)
    case (0, 1):
      guard let text = lengths.first, !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        return .failure(.malformed)
      }
      // More digits than an integer holds are a length too.
      guard let length = Int(text), length <= limits.bodyBytes else { return .failure(.bodyTooLarge) }
      return .success(length == 0 ? .none : .length(length))
    default: return .failure(.malformed)
    }
  }

  /// A host name or address and perhaps a port, by its letters only: whether it is ours is the router's question.
  private static func isHost(_ text: String) -> Bool {
    (1...260).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || "-._:[]".utf8.contains(byte)
      }
  }
}
