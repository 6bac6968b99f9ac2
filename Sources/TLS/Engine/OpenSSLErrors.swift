import COpenSSL

/// OpenSSL's error queue. It belongs to the thread, not to the connection: whoever calls an `SSL_` function clears it
/// before, or reads another connection's error after.
enum OpenSSLErrors {
  static func clear() { ERR_clear_error() }

  /// The queued reasons, oldest first, and an empty queue.
  static func take() -> String {
    var reasons: [String] = []
    while reasons.count < 8 {
      let code = ERR_get_error()
      guard code != 0 else { break }
      if let reason = ERR_reason_error_string(code) { reasons.append(String(cString: reason)) } else { reasons.append("error \(code)") }
    }
    ERR_clear_error()
    return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
  }
}
