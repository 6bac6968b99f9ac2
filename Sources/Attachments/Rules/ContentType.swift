/// What a file is, by its first bytes: what its sender says of it, or its name, proves nothing.
package struct ContentType: Hashable, Sendable {
  /// A media type.
  package let name: String
  /// Whether a machine runs it as it is.
  package let isProgram: Bool

  private init(_ name: String, isProgram: Bool = false) {
    self.name = name
    self.isProgram = isProgram
  }

  /// What nothing is known of.
  package static let unknown = ContentType("application/octet-stream")

  /// Bytes at an offset, and what a file that has them there is. The first that fits counts.
  private static let marks: [(offset: Int, bytes: [UInt8], type: ContentType)] = [
    mark("\u{7f}ELF", "application/x-elf", isProgram: true),
    mark("MZ", "application/vnd.microsoft.portable-executable", isProgram: true),
    mark([0xfe, 0xed, 0xfa, 0xce], "application/x-mach-binary", isProgram: true), mark([0xfe, 0xed, 0xfa, 0xcf], "application/x-mach-binary", isProgram: true),
    mark([0xce, 0xfa, 0xed, 0xfe], "application/x-mach-binary", isProgram: true), mark([0xcf, 0xfa, 0xed, 0xfe], "application/x-mach-binary", isProgram: true),
    // A universal Mach-O, and a class of Java: they begin alike.
    mark([0xca, 0xfe, 0xba, 0xbe], "application/java-vm", isProgram: true), mark([0x00, 0x61, 0x73, 0x6d], "application/wasm", isProgram: true),
    mark([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"), mark([0xff, 0xd8, 0xff], "image/jpeg"),
    mark("GIF87a", "image/gif"), mark("GIF89a", "image/gif"), mark("WEBP", at: 8, "image/webp"), mark("WAVE", at: 8, "audio/wav"),
    mark("AVI ", at: 8, "video/x-msvideo"), mark("BM", "image/bmp"), mark([0x49, 0x49, 0x2a, 0x00], "image/tiff"),
    mark([0x4d, 0x4d, 0x00, 0x2a], "image/tiff"),
    mark("ftypheic", at: 4, "image/heic"), mark("ftypavif", at: 4, "image/avif"), mark("ftypqt", at: 4, "video/quicktime"), mark("ftyp", at: 4, "video/mp4"),
    mark([0x1a, 0x45, 0xdf, 0xa3], "video/webm"), mark("OggS", "audio/ogg"), mark("ID3", "audio/mpeg"), mark([0xff, 0xfb], "audio/mpeg"),
    mark("fLaC", "audio/flac"),
    mark([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "application/x-ole-storage"),
    mark([0x1f, 0x8b], "application/gzip"), mark("BZh", "application/x-bzip2"), mark([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "application/x-xz"),
    mark([0x28, 0xb5, 0x2f, 0xfd], "application/zstd"), mark([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "application/x-7z-compressed"),
    mark("Rar!\u{1a}\u{07}", "application/vnd.rar"), mark("ustar", at: 257, "application/x-tar"),
    mark([0xd4, 0xc3, 0xb2, 0xa1], "application/vnd.tcpdump.pcap"), mark([0xa1, 0xb2, 0xc3, 0xd4], "application/vnd.tcpdump.pcap"),
    mark("SQLite format 3\0", "application/vnd.sqlite3"),
  ]

  /// Marks of what may be a text all the same.
  private static let textMarks = [mark("%PDF-", "application/pdf"), mark("{\\rtf", "application/rtf")]

  /// Parts of the names within an archive, and what such an archive is.
  private static let archives: [(part: String, name: String)] = [
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    ("mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    ("mimetypeapplication/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
  ]

  /// How a text begins that a browser would take for a page.
  private static let pages = [
    "<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<style", "<title", "<table", "<img", "<a ", "<div", "<p", "<h1", "<!--",
  ]

  /// - Parameter head: its first bytes, some thousand of them.
  package init(of head: [UInt8]) {
    if let found = Self.textMarks.first(where: { Self.has(head, $0.bytes, at: $0.offset) }) {
      self = found.type
    } else if let text = Self.text(head) {
      // Before the others, some of which are two letters long.
      self = text
    } else if let found = Self.marks.first(where: { Self.has(head, $0.bytes, at: $0.offset) }) {
      self = found.type
    } else if Self.has(head, [0x50, 0x4b, 0x03, 0x04], at: 0) {
      self = ContentType(Self.archives.first { Self.contains(head, Array($0.part.utf8)) }?.name ?? "application/zip")
    } else {
      self = .unknown
    }
  }

  /// A text in UTF-8; nil for anything else.
  private static func text(_ head: [UInt8]) -> ContentType? {
    guard !head.isEmpty, let text = whole(head) else { return nil }
    let isOdd = text.unicodeScalars.contains { $0.value < 0x20 && !["\t", "\n", "\r", "\u{0c}", "\u{1b}"].contains($0) || $0.value == 0x7f }
    guard !isOdd else { return nil }
    let start = text.drop { $0.isWhitespace || $0 == "\u{feff}" }.lowercased()
    if start.hasPrefix("<svg") || start.hasPrefix("<?xml") && start.contains("<svg") { return ContentType("image/svg+xml") }
    if pages.contains(where: start.hasPrefix) || start.hasPrefix("<?xml") && start.contains("<html") { return ContentType("text/html") }
    if start.hasPrefix("<?xml") { return ContentType("application/xml") }
    return ContentType(start.hasPrefix("#!") ? "text/x-script" : "text/plain")
  }

  /// The text of what may have been cut within its last character.
  private static func whole(_ head: [UInt8]) -> String? {
    if let text = String(validating: head, as: UTF8.self) { return text }
    guard let lead = head.lastIndex(where: { !(0x80...0xbf).contains($0) }), (0xc2...0xf4).contains(head[lead]), head.count - lead < 4 else { return nil }
    return String(validating: head[..<lead], as: UTF8.self)
  }

  private static func has(_ head: [UInt8], _ bytes: [UInt8], at offset: Int) -> Bool { head.dropFirst(offset).starts(with: bytes) }

  private static func contains(_ head: [UInt8], _ bytes: [UInt8]) -> Bool {
    guard head.count >= bytes.count else { return false }
    return (0...(head.count - bytes.count)).contains { has(head, bytes, at: $0) }
  }

  private static func mark(
    _ text: String, at offset: Int = 0, _ name: String, isProgram: Bool = false
  ) -> (offset: Int, bytes: [UInt8], type: ContentType) { mark(Array(text.utf8), at: offset, name, isProgram: isProgram) }

  private static func mark(
    _ bytes: [UInt8], at offset: Int = 0, _ name: String, isProgram: Bool = false
  ) -> (offset: Int, bytes: [UInt8], type: ContentType) { (offset, bytes, ContentType(name, isProgram: isProgram)) }
}
