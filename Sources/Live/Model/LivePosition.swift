import Kernel
import TLS
import Tenancy

/// Where somebody who follows the changes stands: a snapshot of the database. All that it does not see is still to come, in whatever order it
/// is committed; a number of a sequence could not say that, for a later number may be committed first.
struct LivePosition: Sendable, Hashable {
  /// When it was taken.
  let at: Instant
  /// Of which history of which cluster: after a restore or a failover, numbers of transactions may mean others.
  let history: String
  /// As PostgreSQL writes it: `xmin:xmax:xip,...`
  let snapshot: String

  /// An id for a client longer than this is none: at most some hundred transactions run at once.
  static let longest = 4000

  fileprivate init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, let microseconds = Int64(parts[0]) else { return nil }
    at = Instant(microseconds: microseconds)
    history = String(parts[1])
    snapshot = String(parts[2])
  }

  init(at: Instant, history: String, snapshot: String) {
    self.at = at
    self.history = history
    self.snapshot = snapshot
  }

  fileprivate var text: String { "\(at.microseconds) \(history) \(snapshot)" }
}

/// Turns positions into opaque ids and back: numbers of transactions tell how much is done. With a synthetic IV: the signature of the clear text
/// is what the key stream starts from.
struct LiveSeal: Sendable {
  /// The newest seals, all open.
  private let keys: [[UInt8]]

  private static let tagByteCount = 16

  /// - Parameter secrets: the keys of the installation, the newest first.
  init?(secrets: [[UInt8]]) {
    guard !secrets.isEmpty else { return nil }
    keys = secrets.map { HMACSHA256.code(Array("live position".utf8), key: $0) }
  }

  func seal(_ position: LivePosition) -> String {
    guard let key = keys.first else { return "" }
    let body = Array(position.text.utf8)
    let tag = Self.tag(body, key)
    return Base64.encode(tag + Self.applyKeyStream(to: body, tag, key))
  }

  /// Nil for anything that was not sealed here.
  func open(_ text: String) -> LivePosition? {
    guard text.utf8.count <= LivePosition.longest, let bytes = Base64.decode(text.utf8), bytes.count > Self.tagByteCount else { return nil }
    let given = Array(bytes.prefix(Self.tagByteCount))
    for key in keys {
      let body = Self.applyKeyStream(to: Array(bytes.dropFirst(Self.tagByteCount)), given, key)
      guard constantTimeEquals(Self.tag(body, key), given) else { continue }
      return String(validating: body, as: UTF8.self).flatMap(LivePosition.init)
    }
    return nil
  }

  private static func tag(_ body: [UInt8], _ key: [UInt8]) -> [UInt8] { Array(HMACSHA256.code([0] + body, key: key).prefix(tagByteCount)) }

  private static func applyKeyStream(to bytes: [UInt8], _ tag: [UInt8], _ key: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = []
    // At most some thousand bytes, so the counter never leaves its two.
    var counter: UInt16 = 0
    while stream.count < bytes.count {
      stream += HMACSHA256.code([1] + tag + [UInt8(counter >> 8), UInt8(counter & 255)], key: key)
      counter &+= 1
    }
    return zip(bytes, stream).map { $0 ^ $1 }
  }
}
