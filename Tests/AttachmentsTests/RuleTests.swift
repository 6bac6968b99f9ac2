import Attachments
import TestSupport
import Testing

@Suite struct RuleTests {
  @Test(arguments: [
    ("report.pdf", "report.pdf"), ("../../etc/passwd", "passwd"), ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"), ("/", "file"), ("..", "file"),
    (".", "file"), ("", "file"), ("C:\\Temp\\a b.txt", "a b.txt"), ("a/b/", "b"), (".htaccess", "htaccess"), ("name. . ", "name"),
    ("invoice\u{202e}fdp.exe", "invoicefdp.exe"), ("a\u{0}b\r\nSet-Cookie: x", "abSet-Cookie: x"), ("a\u{2028}b\u{200b}c", "abc"),
    ("日报 2026.xlsx", "日报 2026.xlsx"),
    ("a\u{a0}\u{3000} b", "a b"), ("\u{feff}x", "x"), ("e\u{301}.txt", "e\u{301}.txt"), ("...///...", "file"),
  ])
  func aNameIsItsLastPartWithoutWhatDeceives(given: String, kept: String) {
    #expect(FileName(cleaning: given).text.unicodeScalars.elementsEqual(kept.unicodeScalars))
  }

  @Test func aLongNameKeepsItsExtension() {
    let latin = FileName(cleaning: String(repeating: "a", count: 400) + ".pdf").text
    #expect(latin.count == 200 && latin.hasSuffix("a.pdf"))
    let chinese = FileName(cleaning: String(repeating: "报", count: 200) + ".docx").text
    #expect(chinese.utf8.count <= 255 && chinese.hasSuffix("报.docx"))
    #expect(FileName(cleaning: "a." + String(repeating: "b", count: 400)).text.unicodeScalars.count == 200)
    #expect(FileName(cleaning: String(repeating: "a", count: 198) + " .  ..b" + String(repeating: "c", count: 30)).text == String(repeating: "a", count: 198))
  }

  private static func deceives(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f...0x9f, 0x2f, 0x5c: true
    default: scalar.properties.isBidiControl
    }
  }

  @Test func noNameLeadsAnywhere() {
    var random = SplitMix64(seed: 5)
    let pieces: [String] = [
      "/", "\\", "..", ".", "a", " ", "\u{0}", "\u{1f}", "\u{7f}", "\u{85}", "\u{202e}", "\u{2066}", "\u{200f}", "\"", ";", "%2e", "报", "\u{1f600}",
    ]
    for _ in 0..<20_000 {
      let given = (0..<Int(random.next() % 40)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let name = FileName(cleaning: given).text
      let isShort = !name.isEmpty && !name.hasPrefix(".") && name.unicodeScalars.count <= 200 && name.utf8.count <= 255
      #expect(isShort && !name.unicodeScalars.contains(where: Self.deceives), "\(given.debugDescription) -> \(name.debugDescription)")
      #expect(FileName(cleaning: name).text == name, "cleaned once is clean")
    }
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static let zip = "PK\u{3}\u{4}\u{14}\0\0\0"

  /// Of other first bytes than a text has.
  private static let binary: [(head: [UInt8], type: String)] = [
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0], "image/png"), ([0xff, 0xd8, 0xff, 0xe0], "image/jpeg"), ([0x1f, 0x8b, 8], "application/gzip"),
    ([0x4d, 0x5a, 0x90, 0, 0xff], "application/vnd.microsoft.portable-executable"), ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], "application/x-elf"),
    ([0xff, 0xfe, 0x41, 0x00], "application/octet-stream"), ([0, 1, 2, 3], "application/octet-stream"), ([0x61, 0x62, 0xe6, 0x97], "text/plain"),
  ]

  private static let texts: [(head: String, type: String)] = [
    ("GIF89a\u{1}\0", "image/gif"), ("RIFF\0\0\0\0WEBPVP8 ", "image/webp"), ("%PDF-1.7\n", "application/pdf"), ("BM\0\0", "image/bmp"),
    ("BMW is a car", "text/plain"), ("MZ, dear", "text/plain"), (zip, "application/zip"),
    (zip + "word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (zip + "[Content_Types].xml...xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("2026-03-02 08:00 错误\n", "text/plain"), ("<!DOCTYPE html><p>", "text/html"), ("  \n<ScRiPt>alert(1)</script>", "text/html"),
    ("\u{feff}<html>", "text/html"), ("<svg xmlns='x' onload='y'/>", "image/svg+xml"), ("<?xml version='1.0'?><svg/>", "image/svg+xml"),
    ("<?xml version='1.0'?><a/>", "application/xml"), ("#!/bin/sh\n", "text/x-script"),
  ]

  @Test func aFileIsWhatItsBytesSay() {
    for (head, type) in Self.binary { #expect(ContentType(of: head).name == type) }
    for (head, type) in Self.texts { #expect(ContentType(of: Self.bytes(head)).name == type, "\(head.debugDescription)") }
  }

  @Test func whatAMachineRunsIsAProgram() {
    #expect(ContentType(of: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]).isProgram)
    #expect(!ContentType(of: Array("echo off".utf8)).isProgram)
    // Whatever comes, it is read without a trap.
    var random = SplitMix64(seed: 9)
    for length in 0..<3000 { _ = ContentType(of: (0..<(length % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }) }
  }
}
