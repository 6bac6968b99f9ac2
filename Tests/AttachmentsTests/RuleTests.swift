import Attachments
import TestSupport
import Testing

@Suite struct RuleTests {
  @Test(arguments: [
    ("report.pdf", "report.pdf"), ("../../etc/passwd", "passwd"), ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"), ("/", "file"), ("..", "file"),
    (".", "file"), ("", "file"), ("C:\\Temp\\a b.txt", "a b.txt"), ("a/b/", "b"), (".htaccess", "htaccess"), ("name. . ", "name"),
    ("invoice\u{202e}fdp.exe", "invoicefdp.exe"), ("a\u{0}b\r\nSet-Cookie: x", "abSet-Cookie: x"), ("a\u{2028}b\u{200b}c", "abc"), ("日报 2026.xlsx", "日报 2026.xlsx"),
    ("a\u{a0}\u{3000} b", "a b"), ("\u{feff}x", "x"), ("e\u{301}.txt", "e\u{301}.txt"), ("...///...", "file"),
  ])
  func aNameIsItsLastPartWithoutWhatDeceives(given: String, kept: String) { #expect(FileName(cleaning: given).text.unicodeScalars.elementsEqual(kept.unicodeScalars)) }

  @Test func aLongNameKeepsItsExtension() {
    let latin = FileName(cleaning: String(repeating: "a", count: 400) + ".pdf").text
    #expect(latin.count == 200 && latin.hasSuffix("a.pdf"))
    let chinese = FileName(cleaning: String(repeating: "报", count: 200) + ".docx").text
    #expect(chinese.utf8.count <= 255 && chinese.hasSuffix("报.docx"))
    #expect(FileName(cleaning: "a." + String(repeating: "b", count: 400)).text.unicodeScalars.count == 200)
  }

  @Test func noNameLeadsAnywhere() {
    var random = SplitMix64(seed: 5)
    let pieces: [String] = ["/", "\\", "..", ".", "a", " ", "\u{0}", "\u{1f}", "\u{7f}", "\u{85}", "\u{202e}", "\u{2066}", "\u{200f}", "\"", ";", "%2e", "报", "\u{1f600}"]
    for _ in 0..<20_000 {
      let given = (0..<Int(random.next() % 40)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let name = FileName(cleaning: given).text
      let isGood =
        !name.isEmpty && !name.hasPrefix(".") && name.unicodeScalars.count <= 200 && name.utf8.count <= 255
        && !name.unicodeScalars.contains { "/\\".unicodeScalars.contains($0) || $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || $0.properties.isBidiControl }
      #expect(isGood, "\(given.debugDescription) -> \(name.debugDescription)")
      #expect(FileName(cleaning: name).text == name, "cleaned once is clean")
    }
  }

  static let zip: [UInt8] = [0x50, 0x4b, 0x03, 0x04, 0x14, 0, 0, 0]

  @Test(arguments: [
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0], "image/png"), ([0xff, 0xd8, 0xff, 0xe0], "image/jpeg"), (Array("GIF89a\u{1}\0".utf8), "image/gif"),
    (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "image/webp"), (Array("%PDF-1.7\n".utf8), "application/pdf"), (Array("BM\0\0".utf8), "image/bmp"),
    (Array("BMW is a car".utf8), "text/plain"), (Array("MZ, dear".utf8), "text/plain"), (Array("MZ\u{90}\0".utf8) + [0xff], "application/vnd.microsoft.portable-executable"),
    ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], "application/x-elf"), (zip, "application/zip"), (zip + Array("word/document.xml".utf8), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (zip + Array("[Content_Types].xml...xl/workbook.xml".utf8), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ([0x1f, 0x8b, 8], "application/gzip"), (Array("2026-03-02 08:00 错误\n".utf8), "text/plain"), (Array("<!DOCTYPE html><p>".utf8), "text/html"),
    (Array("  \n<ScRiPt>alert(1)</script>".utf8), "text/html"), (Array("\u{feff}<html>".utf8), "text/html"), (Array("<svg xmlns='x' onload='y'/>".utf8), "image/svg+xml"),
    (Array("<?xml version='1.0'?><svg/>".utf8), "image/svg+xml"), (Array("<?xml version='1.0'?><a/>".utf8), "application/xml"), (Array("#!/bin/sh\n".utf8), "text/x-script"),
    ([0xff, 0xfe, 0x41, 0x00], "application/octet-stream"), ([0, 1, 2, 3], "application/octet-stream"), (Array("ab".utf8) + [0xe6, 0x97], "text/plain"),
  ])
  func aFileIsWhatItsBytesSay(head: [UInt8], type: String) { #expect(ContentType(of: head).name == type) }

  @Test func whatAMachineRunsIsAProgram() {
    #expect(ContentType(of: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]).isProgram)
    #expect(!ContentType(of: Array("echo off".utf8)).isProgram)
    // Whatever comes, it is read without a trap.
    var random = SplitMix64(seed: 9)
    for length in 0..<3000 { _ = ContentType(of: (0..<(length % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }) }
  }
}
