import Kernel

/// What the HTTP interface itself has to say.
package enum HTTPMessages: MessageCatalog {
  static let unknownPath = Message("http.unknown_path", "There is nothing at this path.", zh: "此路径下没有任何内容。")
  static let wrongMethod = Message("http.method", "This path does not take the method. It takes: {allowed}.", zh: "此路径不支持该方法。支持的方法：{allowed}。")
  static let notJSON = Message(
    "http.content_type", "The body must be JSON: send `Content-Type: application/json`.", zh: "请求正文必须是 JSON：请发送 `Content-Type: application/json`。")
  static let neitherJSONNorFile = Message(
    "http.content_type_file",
    "The body must be JSON (`Content-Type: application/json`), or the file itself (`application/octet-stream`) with the input in the query.",
    zh: "请求正文必须是 JSON（`Content-Type: application/json`），或文件本身（`application/octet-stream`，其余输入放在查询参数中）。")
  static let unexpectedBody = Message(
    "http.unexpected_body", "This method takes no body; put the input into the query.", zh: "此方法不接受请求正文，请将输入放入查询参数。")
  static let notAnObject = Message("http.not_an_object", "The body must be a JSON object.", zh: "请求正文必须是 JSON 对象。")
  static let badQuery = Message(
    "http.query", "The query cannot be read: names and values are percent-encoded UTF-8, at most {limit} of them.",
    zh: "查询参数无法读取：名称和值须为百分号编码的 UTF-8，最多 {limit} 个。")
  static let duplicate = Message("http.duplicate", "{name} is given more than once.", zh: "{name} 被重复给出。")
  static let givenByTwoWays = Message(
    "http.two_ways", "It is given by more than one of path, query and body: say it once.", zh: "该字段在路径、查询参数和请求正文中重复给出，请只给出一次。")
  static let badIfMatch = Message(
    "http.if_match", "If-Match takes one ETag as a reply gave it, such as \"3\", with its quotation marks.", zh: "If-Match 只接受响应给出的一个 ETag（含引号），例如 \"3\"。")
  static let batchNeedsKey = Message(
    "http.batch_key_missing", "A batch needs an Idempotency-Key, so that it can be sent again when it was cut short.",
    zh: "批量请求必须带有 Idempotency-Key，以便中断后可以重新发送。")
  static let badBatchKey = Message(
    "http.batch_key", "The key of a batch has 1 to {most} characters from ! to ~.", zh: "批量请求的幂等键须为 1 到 {most} 个可见 ASCII 字符。")
  static let noBatchAct = Message(
    "http.batch_act", "A batch does operations that write, need a token and take no secret. `openapi.json` names them.",
    zh: "批量请求只接受需要令牌且不含机密输入的写操作，详见 `openapi.json`。")
  static let batchNotBegun = Message(
    "http.batch_left", "Not begun: the batch ended before. Send it again with the same key to go on.", zh: "尚未开始：批量请求已提前结束。请使用相同的键重新发送以继续。")
  static let batchIfMatch = Message(
    "http.batch_if_match", "A batch takes no If-Match: say the `version` of each act.", zh: "批量请求不接受 If-Match，请在每项操作中填写 `version`。")

  static let tooManyStreams = Message(
    "http.live_of_account", "At most {most} streams of live updates of one account at once. End one first.", zh: "每个账户最多同时打开 {most} 个实时更新流，请先关闭其中一个。")
  static let tooManyStreamsOfCustomer = Message(
    "http.live_of_customer", "At most {most} streams of live updates of all accounts of one customer at once. Repeat later, when others have ended.",
    zh: "同一客户的所有账户最多同时打开 {most} 个实时更新流，请待其他流结束后重试。")
  static let streamsFull = Message(
    "http.live_full", "This server has as many streams of live updates as it takes. Repeat later.", zh: "此服务器的实时更新流已达上限，请稍后重试。")

  /// Titles of problems, one for each status (RFC 9457, 3.1.3).
  static let badRequest = Message("http.title.400", "Bad request", zh: "请求有误")
  static let unauthorized = Message("http.title.401", "Not authenticated", zh: "未通过身份验证")
  static let forbidden = Message("http.title.403", "Not permitted", zh: "没有权限")
  static let notFound = Message("http.title.404", "Not found", zh: "未找到")
  static let methodNotAllowed = Message("http.title.405", "Method not allowed", zh: "不支持的方法")
  static let conflict = Message("http.title.409", "Conflict", zh: "冲突")
  static let preconditionFailed = Message("http.title.412", "It has changed", zh: "内容已变更")
  static let contentTooLarge = Message("http.title.413", "Too large", zh: "内容过大")
  static let unsupportedMediaType = Message("http.title.415", "Unsupported media type", zh: "不支持的媒体类型")
  static let unprocessable = Message("http.title.422", "Invalid input", zh: "输入无效")
  static let preconditionRequired = Message("http.title.428", "Version required", zh: "需要版本")
  static let tooManyRequests = Message("http.title.429", "Too many requests", zh: "请求过多")
  static let internalError = Message("http.title.500", "Internal error", zh: "内部错误")
  static let unavailable = Message("http.title.503", "Not available now", zh: "暂时不可用")
  static let insufficientStorage = Message("http.title.507", "Storage full", zh: "存储空间已满")

  package static let all =
    [
      unknownPath, wrongMethod, notJSON, neitherJSONNorFile, unexpectedBody, notAnObject, badQuery, duplicate, givenByTwoWays, badIfMatch, batchNeedsKey,
      badBatchKey,
      noBatchAct, batchNotBegun, batchIfMatch, tooManyStreams, tooManyStreamsOfCustomer, streamsFull, badRequest, unauthorized,
      forbidden, notFound, methodNotAllowed, conflict, preconditionFailed, contentTooLarge, unsupportedMediaType, unprocessable, preconditionRequired,
      tooManyRequests, internalError, unavailable, insufficientStorage,
    ] + DocumentTexts.all
}
