import NIOHTTP1

/// Keeps an answer within the frame that its head announced, so that a mistake in a route can never make the client
/// take a part of one answer for the next.
struct AnswerFrame {
  enum Admission { case write, drop, tooMuch }

  private var isHTTP10 = false
  private var isHead = false
  private var hasNoBody = false
  private var declared: Int?
  /// Whether it is a stream of events, which ends when either side wants it to.
  private(set) var isEndless = false
  private var sent = 0

  init() {}

  init(to request: HTTPRequestHead) {
    isHTTP10 = request.version == .http1_0
    isHead = request.method == .HEAD
  }

  /// Adapts the head to the request. True if only a close can end this answer.
  mutating func begin(_ head: inout HTTPResponseHead) -> Bool {
    hasNoBody = isHead || head.status == .noContent || head.status == .notModified
    isEndless = !hasNoBody && head.headers.first(name: "content-type")?.hasPrefix("text/event-stream") ?? false
    declared = head.headers.first(name: "content-length").flatMap { Int($0) }
    head.headers.remove(name: "transfer-encoding")
    // To an older client, and where an unknown length must not become a chunked body, the close is the end mark.
    let endsWithClose = declared == nil && (isHTTP10 || isHead)
    head.version = endsWithClose || isHTTP10 ? .http1_0 : .http1_1
    return endsWithClose
  }

  mutating func admit(_ byteCount: Int) -> Admission {
    if hasNoBody { return .drop }
    sent += byteCount
    if let declared, sent > declared { return .tooMuch }
    return .write
  }

  var isComplete: Bool { hasNoBody || declared == nil || declared == sent }
}
