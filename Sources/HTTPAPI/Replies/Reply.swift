import HTTPTypes

/// What goes back to the client.
package struct Reply: Sendable {
  package let status: Int
  package var headers: HTTPFields
  package var body: [UInt8]
  /// What `Content-Length` says; differs from the body's own length in the answer to HEAD only.
  package let contentLength: Int
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
    return reply
  }
}
