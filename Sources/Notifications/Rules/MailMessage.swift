import Kernel
import ServiceTime
import Tenancy

/// A mail as it is handed over: a header of ASCII, and a body of UTF-8 in Base64 (RFC 5322, 2045, 2047). Whatever its words hold, a line of
/// the header ends only where this writes an end.
struct MailMessage: Sendable {
  let id: PublicId
  let from: MailAddress
  let fromName: String
  let to: MailAddress
  let subject: String
  let body: String
  let language: Language
  let at: Instant

  var bytes: [UInt8] {
    let header = [
      "Date: \(Self.date(at))",
      "From: \(Self.words(fromName, after: 6)) <\(from.text)>",
      "To: <\(to.text)>",
      // The same each time that it is sent: a receiver that has it can drop it.
      "Message-ID: <\(id)@\(from.text.split(separator: "@").last ?? "localhost")>",
      "Subject: \(Self.words(subject, after: 9))",
      // Nobody's machine answers a machine (RFC 3834).
      "Auto-Submitted: auto-generated",
      "X-Auto-Response-Suppress: All",
      "Content-Language: \(language.rawValue)",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
    ]
    let encoded = Array(Base64.encode(Array(body.replacing("\r\n", with: "\n").utf8)).utf8)
    let lines = stride(from: 0, to: encoded.count, by: 76).map { String(decoding: encoded[$0..<min($0 + 76, encoded.count)], as: UTF8.self) }
    return Array((header.joined(separator: "\n") + "\n\n" + lines.joined(separator: "\n") + "\n").utf8)
  }

  /// Text of a header field: as it is where it is plain, else as encoded words of at most 75 characters, on lines of their own.
  static func words(_ text: String, after start: Int) -> String {
    let line = NotificationText.oneLine(text)
    let isPlain =
      line.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !line.contains("=?") && line.utf8.count <= 60 && !line.hasPrefix(" ")
      && line.utf8.allSatisfy { !Self.specials.contains($0) }
    if isPlain, !line.isEmpty { return line }
    var pieces: [[UInt8]] = []
    var piece: [UInt8] = []
    for scalar in line.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      // A line with an encoded word has 76 letters at most: 12 stand around it, and three bytes are four.
      let room = (pieces.isEmpty ? 76 - start - 12 : 76 - 1 - 12) / 4 * 3
      if piece.count + bytes.count > room {
        pieces.append(piece)
        piece = []
      }
      piece += bytes
    }
    pieces.append(piece)
    return pieces.map { "=?utf-8?B?\(Base64.encode($0))?=" }.joined(separator: "\n ")
  }

  /// What means something in an address.
  private static let specials = Set("()<>@,;:\\\"".utf8)

  /// `Mon, 02 Mar 2026 08:00:00 +0000`
  static func date(_ instant: Instant) -> String {
    let day = instant.seconds.flooredQuotient(by: 86_400)
    let second = instant.seconds.flooredRemainder(by: 86_400)
    let date = CalendarDate(daysSinceEpoch: day)
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = date.description.split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
    let time = [second / 3600, second / 60 % 60, second % 60].map { pad($0, 2) }.joined(separator: ":")
    return "\(names[Int(day.flooredRemainder(by: 7))]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(time) +0000"
  }
}
