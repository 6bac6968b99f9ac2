import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Operations
import Web

/// What goes back to the client.
package struct Reply: Sendable {
  package let status: Int
  package var headers: HTTPFields
  package var body: [UInt8]
  /// What `Content-Length` says; differs from the body's own length in the answer to HEAD only.
  package let contentLength: Int
  /// What goes instead of the body, as it is read.
  private(set) var file: (any StoredFile)?
  /// An answer without an end, in place of the body.
  private(set) var live: LiveAnswer?

  init(_ status: Int, _ contentType: String, _ body: [UInt8]) {
    self.status = status
    self.body = body
    contentLength = body.count
    headers = Self.always
    headers[.contentType] = contentType
    headers[.contentLength] = String(body.count)
  }

  /// A file to be kept, never to be shown: whoever sent it must not be able to make a page of ours.
  init(file: any StoredFile, name: String, type: String) {
    status = 200
    body = []
    contentLength = Int(clamping: file.content.bytes)
    self.file = file
    headers = Self.always
    headers[.contentType] = FileFields.type(type)
    headers[.contentLength] = String(contentLength)
    headers[.contentDisposition] = FileFields.disposition(name)
    headers[.contentSecurityPolicy] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    headers[RequestHeaders.name("Content-Digest")] = FileFields.digest(file.content.digest)
  }

  /// A stream. A proxy on the way must not wait for more of it before it passes on what there is.
  init(live: LiveAnswer) {
    status = 200
    body = []
    contentLength = 0
    headers = Self.always
    headers[.contentType] = LiveRoute.contentType
    headers[RequestHeaders.name("X-Accel-Buffering")] = "no"
    self.live = live
  }

  /// The fields of every answer. Two years of HTTPS only (Mozilla, server-side TLS 5.0); nothing is cached, framed,
  /// sniffed or run: these are data.
  private static let always: HTTPFields = [
    .strictTransportSecurity: "max-age=63072000",
    .xContentTypeOptions: "nosniff",
    .cacheControl: "no-store",
    .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
  ]

  /// The answer to HEAD: the same fields, no body.
  var withoutBody: Reply {
    var reply = self
    reply.body = []
    reply.file = nil
    return reply
  }

  /// - Parameter abort: cuts the connection.
  func responseBody(on eventLoop: any EventLoop, abort: @escaping @Sendable () -> Void, _ logger: Logger) -> ResponseBody {
    if let live { return ResponseBody(live: live, on: eventLoop, abort: abort) }
    guard let file else { return ResponseBody(inPieces: body, on: eventLoop) }
    return ResponseBody(contentLength: contentLength) { writer in
      // A file that cannot be read to its end ends the connection: half a file is not taken for a whole one.
      while case let piece = try await self.next(of: file, logger), !piece.isEmpty {
        try await writer.write(ByteBuffer(bytes: piece))
        try await eventLoop.submit {}.get()
      }
      try await writer.finish(nil)
    }
  }

  /// What goes wrong here comes after the status: nobody but the log learns why.
  private func next(of file: any StoredFile, _ logger: Logger) async throws -> [UInt8] {
    do {
      return try await file.next()
    } catch  where !Task.isCancelled {
      logger.error("file not given to its end", metadata: ["request": "\(headers[RequestHeaders.requestIdName] ?? "-")", "error": "\(error)"])
      throw error
    }
  }
}
