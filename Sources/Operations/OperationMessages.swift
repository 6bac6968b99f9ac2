import Kernel

package enum OperationMessages: MessageCatalog {
  package static let unauthenticated = Message(
    "unauthenticated", "This needs a valid token: `Authorization: Bearer stw_...`, or `AUTH token=stw_...` in the admin protocol.",
    zh: "此操作需要有效的令牌：`Authorization: Bearer stw_...`，管理协议中为 `AUTH token=stw_...`。")
  package static let denied = Message("denied", "You may not do this (permission {permission}).", zh: "您无权执行此操作（权限 {permission}）。")
  package static let versionMismatch = Message(
    "version.mismatch", "It has changed since you read it: you saw version {expected}, it is now {current}. Read it again, then repeat.",
    zh: "自您读取后内容已变更：您看到的是版本 {expected}，当前为 {current}。请重新读取后再试。")
  package static let versionRequired = Message(
    "version.required", "A change must say which version it saw: If-Match with the ETag of the last read, or `version=` in the admin protocol.",
    zh: "修改时必须注明所见版本：请在 If-Match 中带上最近一次读取的 ETag，管理协议中为 `version=`。")
  package static let keyReused = Message(
    "idempotency.reused", "This idempotency key was used for another request. Use a new key.", zh: "该幂等键已用于另一个请求，请使用新的键。")
  package static let keyInFlight = Message(
    "in_flight", "Another request is working on the same thing, or with the same idempotency key. Repeat this one later.",
    zh: "另一个请求正在处理同一对象，或正在使用同一幂等键，请稍后重试。")
  package static let badKey = Message(
    "idempotency.bad_key", "An idempotency key has 1 to 128 characters from ! to ~.", zh: "幂等键须为 1 到 128 个可见 ASCII 字符。")
  package static let busy = Message("busy", "The service is busy. Nothing was done; repeat later.", zh: "服务繁忙，未执行任何操作，请稍后重试。")
  package static let timeout = Message(
    "timeout", "The request took too long and was ended. Nothing was done.", zh: "请求耗时过长，已被终止，未执行任何操作。")
  package static let outcomeUnknown = Message(
    "outcome_unknown", "Whether this was done is not known. Repeat it with the same idempotency key: it is done at most once.",
    zh: "无法确定操作是否已完成。请使用相同的幂等键重试：操作最多执行一次。")
  package static let storageFull = Message(
    "storage_full", "The server's storage is full. Nothing was done.", zh: "服务器存储空间已满，未执行任何操作。")
  package static let internalFault = Message(
    "internal", "Something went wrong inside. Quote the correlation id to the operator.", zh: "内部错误。请将关联编号告知系统运维人员。")
  package static let conflict = Message(
    "conflict", "This does not fit what is already there ({constraint}).", zh: "与现有数据冲突（{constraint}）。")
  package static let tooMany = Message(
    "limited", "Too many requests. Try again in {seconds} s.", zh: "请求过多，请在 {seconds} 秒后重试。")
  package static let unknownOperation = Message(
    "operation.unknown", "There is no operation {name}. See openapi.json, or `steward operations`.", zh: "没有操作 {name}。参见 openapi.json 或 `steward operations`。")
  package static let customerRequired = Message(
    "input.customer_required", "Say for which customer: its code, or its id, cus_....", zh: "请指明客户：其代码，或编号 cus_...。")

  package static let noFileStore = Message(
    "files.off", "This installation keeps no files: the operator has set no folder for them.", zh: "此系统未启用文件存储：系统运维人员尚未设置存储目录。")
  package static let fileStoreGone = Message(
    "files.unavailable", "The place where files are kept cannot be reached now. Nothing was done. Try again later; the operator finds the reason in the log.",
    zh: "文件存储目录目前无法访问，未执行任何操作。请稍后重试；原因可由系统运维人员在日志中查到。")
  package static let fileTooLarge = Message("files.too_large", "A file may have {most} bytes at the most.", zh: "单个文件最多 {most} 字节。")
  package static let tooManyFiles = Message(
    "files.too_many", "Too many files are on their way here at once. Try again in {seconds} s.", zh: "同时上传的文件过多，请在 {seconds} 秒后重试。")

  package static let customersWritePublicly = Message(
    "comment.public_only", "Comments of a customer's people are always public.", zh: "客户人员的评论始终是公开的。")

  package static let all = [
    customersWritePublicly,
    unauthenticated, denied, versionMismatch, versionRequired, keyReused, keyInFlight, badKey, busy, timeout, outcomeUnknown, storageFull,
    internalFault, conflict, tooMany, unknownOperation, customerRequired, noFileStore, fileStoreGone, fileTooLarge, tooManyFiles,
  ]
}
